use market::Metric;
use support::stack::Stack;

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
         and relnamespace in ('public'::regnamespace, 'partitions'::regnamespace)"
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
async fn every_function_runs_with_the_rights_of_its_caller() {
    let sql = "select oid::regprocedure::text from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prosecdef";
    assert_eq!(names(sql).await, [""; 0]);
}

#[tokio::test]
async fn every_function_has_its_search_path_set() {
    let sql = "select oid::regprocedure::text from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace) and prokind = 'f'
          and not coalesce(proconfig, '{}') @> array['search_path=\"\"']";
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
