//! What a function refuses at its start, the template refuses before the deployment.

use std::collections::BTreeMap;

use regex::Regex;
use support::template::{self, Function, pairs};
use yaml_rust2::Yaml;

use super::configuration::{Start, environment, start};

type Values = BTreeMap<String, String>;

const SECRET_24: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const SECRET_23: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY=";
const KEY: &str = "0123456789abcdef0123456789abcdef";
const CSV_URL: (&str, &str) = ("MarketDataCsvUrl", URL);
const URL: &str = "https://bars.example.com/{symbol}.csv";

/// Parameters that go together, and whether a stack can be deployed with them.
const CASES: [(&[(&str, &str)], bool); 80] = [
    (&[("N8nBaseUrl", "https://n8n.example.com/webhook")], true),
    (&[("N8nBaseUrl", "https://n8n.example.com:8443/webhook/")], true),
    (&[("N8nBaseUrl", "http://127.0.0.1:5678/webhook")], true),
    (&[("N8nBaseUrl", "http://localhost:5678/webhook")], true),
    (&[("N8nBaseUrl", "http://[::1]:5678/webhook")], true),
    (&[("N8nBaseUrl", "http://n8n.internal:5678/webhook")], false),
    (&[("N8nBaseUrl", "http://10.0.0.7:5678/webhook")], false),
    (&[("N8nBaseUrl", "http://localhost.example.com/webhook")], false),
    (&[("N8nBaseUrl", "https://n8n.example.com/webhook?key=1")], false),
    (&[("N8nBaseUrl", "https://n8n.example.com/webhook#key")], false),
    (&[("N8nBaseUrl", "https://user:word@n8n.example.com/webhook")], false),
    (&[("N8nBaseUrl", "https://n8n example.com/webhook")], false),
    (&[("N8nBaseUrl", "n8n.example.com/webhook")], false),
    (&[("N8nBaseUrl", "ftp://n8n.example.com/webhook")], false),
    (&[("N8nBaseUrl", "https://")], false),
    (&[("N8nBaseUrl", "")], false),
    (&[("N8nBaseUrl", ""), ("N8nPrivateUrl", "http://n8n.internal:5678/webhook")], true),
    (&[("N8nBaseUrl", ""), ("N8nPrivateUrl", "http://10.0.0.7:5678/webhook/")], true),
    (&[("N8nBaseUrl", ""), ("N8nPrivateUrl", "https://n8n.internal/webhook")], false),
    (&[("N8nBaseUrl", ""), ("N8nPrivateUrl", "http://n8n.internal/webhook?key=1")], false),
    (&[("N8nBaseUrl", ""), ("N8nPrivateUrl", "http://user@n8n.internal/webhook")], false),
    (&[("N8nPrivateUrl", "http://n8n.internal:5678/webhook")], false),
    (&[("PublicUrl", "https://api.example.com")], true),
    (&[("PublicUrl", "https://example.com/api")], true),
    (&[("PublicUrl", "http://127.0.0.1:8787")], true),
    (&[("PublicUrl", "http://api.example.com")], false),
    (&[("PublicUrl", "https://api.example.com?key=1")], false),
    (&[("SupabaseUrl", "http://127.0.0.1:8787")], true),
    (&[("SupabaseUrl", "http://db.internal")], false),
    (&[("SupabaseUrl", "")], false),
    (&[("SupabaseReadUrl", "https://replica.example.com")], true),
    (&[("SupabaseReadUrl", "http://replica.example.com")], false),
    (&[("SupabasePublishableKey", "")], false),
    (&[("SupabasePublishableKey", "two\nlines")], false),
    (&[("SupabaseSecretKey", "two\nlines")], false),
    (&[("SigningKeys", KEY)], true),
    (&[("SigningKeys", "0123456789abcdef0123456789abcdef,fedcba9876543210fedcba9876543210")], true),
    (&[("SigningKeys", "0123456789abcdef0123456789abcde")], false),
    (&[("SigningKeys", "0123456789abcdef0123456789abcdef,short")], false),
    (&[("SigningKeys", "0123456789abcdef0123456789abcdef,")], false),
    (&[("WebhookSecrets", SECRET_24)], true),
    (&[("WebhookSecrets", SECRET_23)], false),
    (&[("WebhookSecrets", "whsec_!!!!")], false),
    (&[("WebhookSecrets", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3")], false),
    (&[("WebhookSecrets", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3,")], false),
    (&[("WebhookSecrets", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3OB==")], false),
    (&[("WebhookSecrets", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3OA==")], true),
    (&[("MarketDataProviders", "tiingo"), ("TiingoToken", "")], false),
    (&[("MarketDataProviders", "tiingo"), ("TiingoToken", "t0ken")], true),
    (&[("MarketDataProviders", "tiingo"), ("TiingoToken", "two\nlines")], false),
    (
        &[
            ("MarketDataProviders", "csv"),
            ("BenchmarkProvider", "csv"),
            ("TiingoToken", ""),
            ("MarketDataCsvUrl", URL),
        ],
        true,
    ),
    (&[("MarketDataProviders", "csv"), ("MarketDataCsvUrl", "")], false),
    (&[("MarketDataProviders", "tiingo,csv"), ("MarketDataCsvUrl", "")], false),
    (&[("MarketDataProviders", "csv,tiingo"), ("MarketDataCsvUrl", URL)], true),
    (&[("MarketDataProviders", "yahoo")], false),
    (&[("MarketDataProviders", "csv"), ("MarketDataCsvUrl", "https://bars.example.com/")], false),
    (&[("MarketDataProviders", "csv"), ("MarketDataCsvUrl", "http://10.0.0.7/{symbol}")], false),
    (&[("TiingoUrl", "http://api.example.com")], false),
    (&[("TiingoRate", "50/h"), ("TiingoDailyCalls", "500")], true),
    (&[("TiingoRate", "0/h")], false),
    (&[("TiingoRate", "4294967296/h")], false),
    (&[("TiingoDailyCalls", "0")], false),
    (&[("TiingoDailyCalls", "4294967296")], false),
    (
        &[("MarketDataProviders", "csv"), ("MarketDataCsvUrl", URL), ("MarketDataCsvRate", "0/s")],
        false,
    ),
    (&[("BenchmarkSymbol", "VTI")], true),
    (&[("BenchmarkSymbol", "BRK-B")], true),
    (&[("BenchmarkSymbol", "")], false),
    (&[("BenchmarkSymbol", "^GSPC")], false),
    (&[("BenchmarkSymbol", "-.")], false),
    (&[("BenchmarkSymbol", "ABCDEFGHIJKLMNOP")], false),
    (&[("BenchmarkSymbol", "SPX")], false),
    (&[("BenchmarkSymbol", "NDX"), ("BenchmarkProvider", "tiingo")], false),
    (&[("BenchmarkProvider", "csv")], false),
    (&[("BenchmarkProvider", "tiingo"), ("MarketDataProviders", "csv"), CSV_URL], false),
    (&[("BenchmarkProvider", "yahoo")], false),
    (
        &[
            ("BenchmarkSymbol", "SPX"),
            ("BenchmarkProvider", "csv"),
            ("MarketDataProviders", "tiingo,csv"),
            CSV_URL,
        ],
        true,
    ),
    (&[("RefreshInterval", "90m")], true),
    (&[("RefreshInterval", "tomorrow")], false),
    (&[("RefreshInterval", "1d")], false),
    (&[("ReconcileInterval", "never")], false),
];

#[tokio::test]
async fn the_template_refuses_what_a_function_refuses_at_its_start() {
    let template = template::yaml("template.yaml");
    for (given, expected) in CASES {
        let mut values = defaults(&template);
        values.extend(given.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        assert_eq!(deploys(&template, &values), expected, "the template: {given:?}");
        let given_names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
        assert_eq!(starts(&values, &given_names).await, expected, "the functions: {given:?}");
    }
}

/// The defaults of the template, and usable values for what has none.
fn defaults(template: &Yaml) -> Values {
    let defaults = pairs(&template["Parameters"]);
    let mut values: Values = defaults
        .filter_map(|(name, parameter)| Some((name.into(), text(&parameter["Default"])?)))
        .collect();
    for (name, value) in [
        ("N8nBaseUrl", "https://n8n.example.com/webhook"),
        ("SupabaseUrl", "https://project.example.com"),
        ("SupabasePublishableKey", "sb_publishable_0123"),
        ("SupabaseSecretKey", "sb_secret_0123"),
        ("SigningKeys", KEY),
        ("TiingoToken", "t0ken"),
        ("WebhookSecrets", SECRET_24),
    ] {
        values.insert(name.to_owned(), value.to_owned());
    }
    values
}

/// True when CloudFormation would begin the deployment.
fn deploys(template: &Yaml, values: &Values) -> bool {
    let parameters = pairs(&template["Parameters"])
        .all(|(name, parameter)| is_allowed(parameter, &values[name]));
    parameters && pairs(&template["Rules"]).all(|(_, rule)| is_kept(rule, values))
}

fn is_allowed(parameter: &Yaml, value: &str) -> bool {
    let pattern = parameter["AllowedPattern"].as_str();
    let matches =
        pattern.is_none_or(|it| Regex::new(&format!("^(?:{it})$")).unwrap().is_match(value));
    let allowed = parameter["AllowedValues"].as_vec();
    matches && allowed.is_none_or(|all| all.iter().any(|one| text(one).as_deref() == Some(value)))
}

fn is_kept(rule: &Yaml, values: &Values) -> bool {
    let condition = &rule["RuleCondition"];
    let applies = condition.is_badvalue() || holds(condition, values);
    let mut assertions = rule["Assertions"].as_vec().unwrap().iter();
    !applies || assertions.all(|assertion| holds(&assertion["Assert"], values))
}

/// Evaluates the functions that rules may use.
fn holds(condition: &Yaml, values: &Values) -> bool {
    let (name, arguments) = pairs(condition).next().unwrap();
    let arguments = arguments.as_vec().unwrap();
    match name {
        "Fn::And" => arguments.iter().all(|it| holds(it, values)),
        "Fn::Or" => arguments.iter().any(|it| holds(it, values)),
        "Fn::Not" => !holds(&arguments[0], values),
        "Fn::Equals" => operand(&arguments[0], values) == operand(&arguments[1], values),
        "Fn::Contains" => {
            let wanted = operand(&arguments[1], values);
            arguments[0].as_vec().unwrap().iter().any(|it| operand(it, values) == wanted)
        }
        _ => panic!("{name} is not known"),
    }
}

fn operand(yaml: &Yaml, values: &Values) -> String {
    yaml["Ref"].as_str().map_or_else(|| text(yaml).unwrap(), |name| values[name].clone())
}

fn text(yaml: &Yaml) -> Option<String> {
    yaml.as_str().map(str::to_owned).or_else(|| yaml.as_i64().map(|number| number.to_string()))
}

/// True when every function that has one of the parameters starts.
async fn starts(values: &Values, given: &[&str]) -> bool {
    for function in template::functions() {
        let variables = variables(&function, values, given);
        if variables.iter().any(|(_, is_given)| *is_given) {
            let mut environment = environment(&function.variables());
            environment.extend(variables.into_iter().map(|(variable, _)| variable));
            if matches!(start(&function, &environment).await, Start::Ended(_)) {
                return false;
            }
        }
    }
    true
}

/// The variables of a function that come from parameters, and whether it is a given one.
fn variables(
    function: &Function,
    values: &Values,
    given: &[&str],
) -> Vec<((String, String), bool)> {
    let variables = pairs(&function.properties["Environment"]["Variables"]);
    let resolved = variables.filter_map(|(name, yaml)| {
        if let Some(parameter) = yaml.as_str().filter(|it| values.contains_key(*it)) {
            let value = values[parameter].clone();
            return Some(((name.to_owned(), value), given.contains(&parameter)));
        }
        // `!If [HasPublicUrl, !Sub ..., !GetAtt ...]`
        let with_public_url = yaml.as_vec()?[1].as_str()?;
        let public_url = values["PublicUrl"].as_str();
        let value = with_public_url.replace("${PublicUrl}", public_url);
        let is_given = given.contains(&"PublicUrl");
        (!public_url.is_empty()).then(|| ((name.to_owned(), value), is_given))
    });
    resolved.collect()
}
