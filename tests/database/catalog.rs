use std::time::Duration;

use market::Metric;
use shared::config::DatabaseRole;
use support::{stack::Stack, template};

const GUIDE: &str = "functions/platform/get-docs/pages/supabase-js.md";

async fn names(sql: &str) -> Vec<String> {
    let rows = Stack::running().admin().await.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn row_level_security_is_on_for_every_table_and_partition() {
    let all = tables("true").await;
    assert!(all.len() > 100, "two tables have a partition for each year");
    assert_eq!(tables("not relrowsecurity").await, [""; 0]);
}

#[tokio::test]
async fn every_view_has_the_rights_of_its_caller() {
    let sql = "select relname::text || ' ' || reloptions::text from pg_class
        where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace";
    assert_eq!(names(sql).await, ["stocks {security_invoker=true}"]);
}

#[tokio::test]
async fn bars_and_metrics_have_a_partition_for_each_year_from_1990_to_2045() {
    let expected: Vec<String> = (1990..=2045).map(|year| year.to_string()).collect();
    for table in ["price_bars", "metric_history"] {
        let sql = format!(
            "select right(relname, 4) from pg_class join pg_inherits on oid = inhrelid
             where inhparent = 'public.{table}'::regclass and relkind = 'r' order by 1"
        );
        assert_eq!(names(&sql).await, expected, "{table}");
    }
}

async fn tables(condition: &str) -> Vec<String> {
    let sql = format!(
        "select oid::regclass::text from pg_class where relkind in ('r', 'p') and {condition}
         and relnamespace::regnamespace::text in ('public', 'private', 'partitions')"
    );
    names(&sql).await
}

#[tokio::test]
async fn no_role_of_the_api_has_a_right_on_a_partition() {
    let sql = "select c.oid::regclass::text from pg_class as c
        cross join unnest(array['anon', 'authenticated', 'service_role']) as role
        where c.relnamespace = 'partitions'::regnamespace and c.relkind = 'r'
          and has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate')";
    assert_eq!(names(sql).await, [""; 0]);
}

#[tokio::test]
async fn two_functions_have_other_rights_than_their_callers() {
    let sql = "select concat_ws(' ', proname, proowner::regrole) from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prosecdef
        order by proname";
    let readers = ["read_history_page market_reader", "search_stocks market_reader"];
    assert_eq!(names(sql).await, readers);
}

#[tokio::test]
async fn the_owner_of_read_functions_can_only_select_what_they_read() {
    let tables = "select c.relname || ' ' || lower(privilege_type)
        from pg_class as c, aclexplode(relacl) where grantee = 'market_reader'::regrole order by 1";
    assert_eq!(
        names(tables).await,
        ["metric_history select", "price_bars select", "stocks select"]
    );
    let columns = "select attrelid::regclass || '.' || attname || ' ' || lower(privilege_type)
        from pg_attribute, aclexplode(attacl) where grantee = 'market_reader'::regrole
        order by attnum";
    let of_stocks = "select 'private.stocks.' || attname || ' select' from pg_attribute
        where attrelid = 'public.stocks'::regclass order by attnum";
    assert_eq!(names(columns).await, names(of_stocks).await);
    let schemas = "select nspname::text from pg_namespace
        where nspname !~ '^(pg_|information_schema$)'
          and has_schema_privilege('market_reader', oid, 'usage')
        order by 1";
    assert_eq!(names(schemas).await, ["extensions", "private", "public"]);
    let creates = "select nspname::text from pg_namespace
        where has_schema_privilege('market_reader', oid, 'create')";
    assert_eq!(names(creates).await, [""; 0]);
}

#[tokio::test]
async fn nothing_outside_the_database_becomes_the_owner_of_read_functions() {
    let members = "select member::regrole::text from pg_auth_members
        where roleid = 'market_reader'::regrole and member <> 'postgres'::regrole";
    assert_eq!(names(members).await, [""; 0]);
    let memberships = "select roleid::regrole::text from pg_auth_members
        where member = 'market_reader'::regrole";
    assert_eq!(names(memberships).await, [""; 0]);
    let strong = "select rolname::text from pg_roles where rolname = 'market_reader'
        and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)";
    assert_eq!(names(strong).await, [""; 0]);
}

#[tokio::test]
async fn a_request_waits_a_second_longer_than_its_statement_may_take() {
    for role in [DatabaseRole::Anon, DatabaseRole::Authenticated, DatabaseRole::Service] {
        // The role that PostgREST connects with gives its limit to a role without one.
        let sql = format!(
            "select split_part(setting, '=', 2)
             from pg_roles, unnest(rolconfig) as setting
             where rolname in ('{}', 'authenticator') and setting like 'statement_timeout=%'
             order by rolname = 'authenticator'",
            role.name()
        );
        let limit = role.timeout() - Duration::from_secs(1);
        assert_eq!(names(&sql).await[0], format!("{}s", limit.as_secs()), "{}", role.name());
    }
}

#[tokio::test]
async fn every_function_has_its_search_path_set() {
    let sql = "select oid::regprocedure::text from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f'
          -- The names in a standard SQL body are resolved when the function is created.
          and prosqlbody is null
          and not coalesce(proconfig, '{}') @> array[
            case when prosecdef then 'search_path=pg_catalog, pg_temp' else 'search_path=\"\"' end
          ]";
    assert_eq!(names(sql).await, [""; 0]);
}

#[tokio::test]
async fn both_metrics_tables_have_a_column_for_each_metric_in_order() {
    let metrics = Metric::ALL.map(Metric::name);
    for table in ["metric_history", "stock_metrics"] {
        let sql = format!(
            "select attname::text from pg_attribute where attrelid = 'public.{table}'::regclass
             and attnum > 0 and atttypid = 'double precision'::regtype order by attnum"
        );
        assert_eq!(names(&sql).await, metrics, "{table}");
    }
}

#[tokio::test]
async fn no_role_of_the_api_can_truncate_a_table() {
    let sql = "select c.oid::regclass::text from pg_class as c
        cross join unnest(array['anon', 'authenticated', 'service_role']) as role
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and has_table_privilege(role, c.oid, 'truncate, references, trigger')";
    assert_eq!(names(sql).await, [""; 0]);
}

#[tokio::test]
async fn the_guide_lists_what_users_read_with_supabase_js() {
    let sql = "select concat_ws(
          ' ', relname, case when has_any_column_privilege('anon', c.oid, 'select')
            then 'everyone' else 'users' end, string_agg(attname, ' ' order by attname)
        )
        from pg_class as c join pg_attribute on attrelid = c.oid
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v') and attnum > 0
          and has_column_privilege('authenticated', c.oid, attnum, 'select')
        group by c.oid, relname order by relname";
    let page = template::text(GUIDE);
    let (_, tables) = page.split_once("| table | rows read by | columns |\n").unwrap();
    let mut listed: Vec<String> =
        tables.lines().skip(1).take_while(|line| !line.is_empty()).map(readable).collect();
    listed.sort();
    assert_eq!(names(sql).await, listed);
}

/// A table in a row of the guide: its name, who reads it, and its columns in order.
fn readable(row: &str) -> String {
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let mut columns = quoted(cells[3]);
    if cells[3].contains("[metric]") {
        columns.extend(Metric::ALL.map(Metric::name));
    }
    columns.sort_unstable();
    let readers = if cells[2] == "everyone" { "everyone" } else { "users" };
    format!("{} {readers} {}", quoted(cells[1]).concat(), columns.join(" "))
}

fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_guide_names_the_row_limit() {
    let config = template::text("infra/supabase/config.toml");
    let limit = config.lines().find_map(|line| line.strip_prefix("max_rows = ")).unwrap();
    assert!(template::text(GUIDE).contains(&format!("At most {limit} rows")), "{limit}");
}
