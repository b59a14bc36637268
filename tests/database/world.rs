//! One owner with rows of their own, and a stranger.

use serde_json::{Value, json};
use support::{
    Response,
    stack::{Stack, User},
};
use tokio_postgres::Client;

pub struct World {
    pub stack: Stack,
    pub admin: Client,
    pub owner: User,
    pub stranger: User,
    pub symbol: String,
    pub stock_id: String,
    pub analysis: String,
}

/// A row that nobody outside may change.
pub struct Row<'w> {
    pub table: &'static str,
    pub key: &'static str,
    pub value: &'w str,
}

impl World {
    pub async fn new() -> Self {
        let stack = Stack::running();
        let admin = stack.admin().await;
        let (owner, stranger) = tokio::join!(stack.sign_up(), stack.sign_up());
        let symbol = stack.add_stock("DB").await;
        let id = admin
            .query_one("select id::text from public.stocks where symbol = $1", &[&symbol])
            .await
            .unwrap();
        let analysis = uuid::Uuid::now_v7().to_string();
        Self { stack, admin, owner, stranger, symbol, stock_id: id.get(0), analysis }
    }

    /// Stores two days of the stock.
    pub async fn refreshed(self) -> Self {
        let answer = self.apply(0, true, &json!([bar("2024-01-02"), bar("2024-01-03")])).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        self
    }

    /// Adds an analysis of the owner, its first event, a role, and a message that was sent long
    /// since.
    pub async fn analysed(self) -> Self {
        let (id, user, symbol) = (&self.analysis, &self.owner.id, &self.symbol);
        let sql = format!(
            "insert into public.analyses (id, user_id, symbol, workflow, parameters, status, version, requested_at, updated_at)
               values ('{id}', '{user}', '{symbol}', 'stock-analysis', '{{}}', 'requested', 1, now(), now());
             insert into public.analysis_events values ('{id}', 1, 'requested', now(), '{user}', '{{}}', null);
             insert into public.outbox values ('{id}', 'analyses', '{{}}', now(), now(), '{id}', now());
             insert into public.user_roles values ('{user}', 'operator')"
        );
        self.admin.batch_execute(&sql).await.unwrap();
        self
    }

    pub async fn apply(&self, version: i64, replace: bool, bars: &Value) -> Response {
        self.apply_of("csv", version, replace, bars).await
    }

    pub async fn apply_of(
        &self,
        provider: &str,
        version: i64,
        replace: bool,
        bars: &Value,
    ) -> Response {
        let days: Vec<_> =
            bars.as_array().unwrap().iter().map(|bar| json!({ "day": bar["day"] })).collect();
        let arguments = json!({ "p_symbol": self.symbol, "p_version": version, "p_provider": provider,
            "p_replace": replace, "p_bars": bars, "p_history": days });
        self.stack.rest_as_service("POST", "/rpc/apply_refresh", &arguments).await
    }

    /// Reads as nobody, as the stranger and as the owner.
    pub async fn read(&self, path: &str) -> [Response; 3] {
        let read = |token| self.stack.rest("GET", path, token, &Value::Null);
        tokio::join!(read(None), read(Some(&self.stranger.token)), read(Some(&self.owner.token)))
            .into()
    }

    /// Asserts that only a user may ask, and that neither user is answered.
    pub async fn assert_hidden(&self, path: &str) {
        assert_statuses(path, &self.read(path).await, [401, 403, 403]);
    }

    /// Asserts that neither nobody, nor the stranger, nor the owner can add, change or delete a
    /// row.
    pub async fn assert_unwritable(&self, row: &Row<'_>, patch: &Value) {
        let before = self.stored(row).await;
        let (table, filter) =
            (format!("/{}", row.table), format!("/{}?{}=eq.{}", row.table, row.key, row.value));
        let mut copy = before[0].as_object().unwrap_or_else(|| panic!("no row in {table}")).clone();
        if row.table == "stocks" {
            copy.remove("id"); // Always given by the database, to whoever asks.
        }
        let copy = &Value::Object(copy);
        for (token, status) in
            [(None, 401), (Some(&self.stranger.token), 403), (Some(&self.owner.token), 403)]
        {
            for (method, path, body) in
                [("POST", &table, copy), ("PATCH", &filter, patch), ("DELETE", &filter, patch)]
            {
                let answer = self.stack.rest(method, path, token.map(String::as_str), body).await;
                assert_eq!(
                    (answer.status, &answer.json()["code"]),
                    (status, &json!("42501")),
                    "{method} {path}"
                );
            }
        }
        assert_eq!(self.stored(row).await, before, "{table} was changed");
    }

    /// Asserts that not even the functions' own role may do this to the row.
    pub async fn assert_refused_to_service(&self, method: &str, row: &Row<'_>, patch: &Value) {
        let before = self.stored(row).await;
        let path = format!("/{}?{}=eq.{}", row.table, row.key, row.value);
        let answer = self.stack.rest_as_service(method, &path, patch).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (403, &json!("42501")),
            "{method} {path}"
        );
        assert_eq!(self.stored(row).await, before, "{path} was changed");
    }

    async fn stored(&self, row: &Row<'_>) -> Value {
        let Row { table, key, value } = row;
        let sql = format!(
            "select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text
             from public.{table} as t where {key}::text = $1"
        );
        let text: String = self.admin.query_one(&sql, &[value]).await.unwrap().get(0);
        serde_json::from_str(&text).unwrap()
    }
}

#[track_caller]
pub fn assert_statuses(path: &str, answers: &[Response; 3], expected: [u16; 3]) {
    assert_eq!(answers.each_ref().map(|answer| answer.status), expected, "{path}");
}

pub fn bar(day: &str) -> Value {
    json!({ "day": day, "open": 10, "high": 12, "low": 9, "close": 11, "adj_close": 10.5, "volume": 1000 })
}
