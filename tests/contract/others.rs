//! What others have on a server's tables: roles, grants, policies, indexes. What a change of the
//! tables can keep is kept, what it can't is named before anything changes; and several who are
//! members of the owner's role work on one workspace.

use frontbeat::incident::record::Incident;
use frontbeat::place::id::Id;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::workspace::{Access, Workspace};

use crate::partitions::{asked, dated, partitions};
use crate::place::{Place, admin, as_user, run, schema, server};
use crate::positions::append;
use crate::rows;
use crate::updates::{old, old_apart};

/// What is put on the tables, how it is named, and how it is taken away again.
fn things(name: &str) -> Vec<[String; 3]> {
    [
        [
            "ALTER TABLE incidents ENABLE ROW LEVEL SECURITY",
            "row-level security on incidents",
            "ALTER TABLE incidents DISABLE ROW LEVEL SECURITY",
        ],
        [
            "CREATE POLICY of_mine ON events USING (kind <> 'imported')",
            "policy of_mine on events",
            "DROP POLICY of_mine ON events",
        ],
        [
            "GRANT SELECT (id) ON incidents TO clerk_NAME",
            "grants on the column id of incidents",
            "REVOKE SELECT (id) ON incidents FROM clerk_NAME",
        ],
        [
            "CREATE TRIGGER of_mine BEFORE INSERT ON events FOR EACH ROW
             EXECUTE FUNCTION frontbeat_refuse('mine')",
            "trigger of_mine on events",
            "DROP TRIGGER of_mine ON events",
        ],
        [
            "CREATE RULE of_mine AS ON DELETE TO incidents DO INSTEAD NOTHING",
            "rule of_mine on incidents",
            "DROP RULE of_mine ON incidents",
        ],
        [
            "ALTER TABLE incidents ADD CONSTRAINT of_mine CHECK (id <> 'mine')",
            "constraint of_mine of incidents",
            "ALTER TABLE incidents DROP CONSTRAINT of_mine",
        ],
        [
            "CREATE TABLE mine_too (incident text CONSTRAINT its_incident REFERENCES incidents (id))",
            "constraint its_incident of mine_too",
            "DROP TABLE mine_too",
        ],
        [
            "CREATE INDEX by_source ON incidents (source_id)",
            "index by_source on incidents",
            "DROP INDEX by_source",
        ],
        [
            "ALTER TABLE incidents ADD COLUMN remark text",
            "column remark of incidents",
            "ALTER TABLE incidents DROP COLUMN remark",
        ],
        [
            "CREATE STATISTICS of_mine ON category, origin FROM incidents",
            "statistics of_mine of incidents",
            "DROP STATISTICS of_mine",
        ],
        [
            "CREATE PUBLICATION of_NAME FOR TABLE incidents",
            "publication of_NAME of incidents",
            "DROP PUBLICATION of_NAME",
        ],
        [
            "ALTER VIEW incidents_named SET (security_barrier = true)",
            "settings (security_barrier=true) of incidents_named",
            "ALTER VIEW incidents_named RESET (security_barrier)",
        ],
        [
            "CREATE MATERIALIZED VIEW mine AS SELECT id FROM incidents_named",
            "view mine",
            "DROP MATERIALIZED VIEW mine",
        ],
    ]
    .map(|parts| parts.map(|part| part.replace("NAME", name)))
    .to_vec()
}

/// Why it is not opened for writing.
async fn refused(place: &Place) -> String {
    place.open_when_free().await.unwrap_err().to_string()
}

/// Who is held back by a policy would see every row of tables that were made anew.
#[tokio::test]
async fn what_can_not_be_kept_is_named_before_anything_changes() {
    let test = "what_can_not_be_kept_is_named";
    let Some(place) = old(test).await else {
        return;
    };
    let (server, name) = (server(test).unwrap(), schema(&place).to_owned());
    admin(&server, &format!("CREATE ROLE clerk_{name}")).await;
    let mut things = things(&name);
    for [make, _, _] in &things {
        place.sql(make).await.unwrap();
    }
    while let Some([_, _, undo]) = things.last() {
        let fault = refused(&place).await;
        assert!(
            fault.contains("Drop it") && !fault.contains('\n'),
            "{fault}"
        );
        for [make, says, _] in &things {
            assert!(fault.contains(says), "{make}: {fault}");
        }
        // By a service that would share it too.
        let shared = place.open(Access::Share).await.unwrap_err().to_string();
        assert_eq!(shared, fault);
        assert_eq!(
            asked(&place, "SELECT max(version)::text FROM frontbeat_schema").await,
            ["7"]
        );
        place.sql(undo).await.unwrap();
        let [_, says, _] = things.pop().unwrap();
        if !things.is_empty() {
            let fault = refused(&place).await;
            assert!(!fault.contains(&says), "{fault}");
        }
    }
    place.open(Access::Write).await.unwrap().close().await;
    admin(&server, &format!("DROP ROLE clerk_{name}")).await;
    place.remove().await;
}

/// Gives a schema with all that is in it to a role.
fn give(name: &str, owner: &str) -> String {
    format!(
        "ALTER SCHEMA {name} OWNER TO {owner};
         DO $$
         DECLARE it record;
         BEGIN
             FOR it IN SELECT oid::regclass AS named FROM pg_class
                 WHERE relnamespace = '{name}'::regnamespace AND relkind IN ('r', 'v') LOOP
                 EXECUTE format('ALTER TABLE %s OWNER TO {owner}', it.named);
             END LOOP;
             FOR it IN SELECT oid::regprocedure AS named FROM pg_proc
                 WHERE pronamespace = '{name}'::regnamespace LOOP
                 EXECUTE format('ALTER FUNCTION %s OWNER TO {owner}', it.named);
             END LOOP;
         END
         $$"
    )
}

fn of_year(letter: &str, year: i32) -> Vec<Incident> {
    let at = rows::at(&format!("{year}-06-01T00:00:00Z"));
    vec![Incident {
        id: Id::new(format!("{letter}{year}")),
        at,
        until: None,
        ..rows::incidents()[0].clone()
    }]
}

/// The owner logs in nowhere; two who are members of it work side by side, one of them brings the
/// tables up to date, and none of them may make temporary tables.
#[tokio::test(flavor = "multi_thread")]
async fn members_of_the_owners_role_do_not_hinder_each_other() {
    let test = "members_of_the_owners_role";
    let Some(place) = old_apart(test).await else {
        return;
    };
    let (server, name) = (place.database().to_owned(), schema(&place).to_owned());
    let [o, a, b, feed] = ["o", "a", "b", "feed"].map(|it| format!("{it}_{name}"));
    let reader = format!("frontbeat_reader_{name}");
    admin(
        &server,
        &format!(
            "CREATE ROLE {o} NOLOGIN; CREATE ROLE {a} LOGIN PASSWORD 'a' IN ROLE {o};
             CREATE ROLE {b} LOGIN PASSWORD 'b' IN ROLE {o}; CREATE ROLE {feed} LOGIN PASSWORD 'f';
             DROP ROLE IF EXISTS {reader}; CREATE ROLE {reader} NOLOGIN;
             REVOKE TEMPORARY ON DATABASE apart_{name} FROM PUBLIC;
             SET search_path TO {name}, public; {};
             GRANT USAGE ON SCHEMA {name} TO {feed}, {reader};
             GRANT SELECT, INSERT, DELETE ON incidents, events TO {feed};
             ALTER DEFAULT PRIVILEGES FOR ROLE {a} IN SCHEMA {name} GRANT ALL ON TABLES TO {reader}",
            give(&name, &o)
        ),
    )
    .await;
    let open = async |user: &str, password: &str, access| {
        let address: WorkspaceAddress = as_user(place.text(), user, password).parse().unwrap();
        Workspace::open(address, access).await.unwrap()
    };
    open(&a, "a", Access::Write).await.close().await;
    let not_of_the_owner = format!(
        "SELECT relname::text FROM pg_class WHERE relnamespace = '{name}'::regnamespace
             AND relkind IN ('r', 'p', 'v', 'S') AND relowner <> '{o}'::regrole
         UNION SELECT proname::text FROM pg_proc WHERE pronamespace = '{name}'::regnamespace
             AND proowner <> '{o}'::regrole"
    );
    let nothing = Vec::<String>::new();
    assert_eq!(asked(&place, &not_of_the_owner).await, nothing);

    // Readers are granted new tables, and get nothing by the way: who might not read incidents
    // reads none of their parts.
    let may = async |what: &str| {
        let sql = format!("SELECT has_table_privilege('{reader}', '{what}', 'SELECT')::text");
        asked(&place, &sql).await == ["true"]
    };
    assert!(may("hooks").await && may("partitions").await && !may("hook_secrets").await);
    assert!(!may("incidents").await && !may("incidents_2026").await && !may("events_kept").await);
    // Who might insert still may, into what stands beside the tables too.
    let as_feed = as_user(&server, &feed, "f");
    let inserts = format!(
        "SET search_path TO {name}, public;
         INSERT INTO incidents (geom, at_ms, category, origin, state, priority, id, at)
             SELECT geom, at_ms, category, origin, state, priority, 'of the feed', at FROM incidents LIMIT 1;
         DELETE FROM incidents WHERE id = 'of the feed';
         INSERT INTO events SELECT (SELECT max(sequence) + 1 FROM events), at, kind, body FROM events
             WHERE kind = 'workspace_made'"
    );
    run(&as_feed, &inserts).await.unwrap();
    let of_the_feed = format!(
        "CREATE TABLE of_the_feed (sequence bigint); ALTER TABLE of_the_feed OWNER TO {feed}"
    );
    place.sql(&of_the_feed).await.unwrap();
    // And into nothing else: what stands beside them is kept by triggers that are the owner's.
    for not in [
        "UPDATE event_log_end SET sequence = 0",
        "INSERT INTO incident_ids (id, at_ms) VALUES ('of the feed', 0)",
        "DELETE FROM incident_ids",
        // Or on a table of one's own the owner would do what is asked.
        "CREATE TRIGGER mine AFTER INSERT ON of_the_feed REFERENCING NEW TABLE AS appended
         FOR EACH STATEMENT EXECUTE FUNCTION frontbeat_number_events()",
    ] {
        let fault = run(
            &as_feed,
            &format!("SET search_path TO {name}, public; {not}"),
        )
        .await;
        assert!(fault.unwrap_err().contains("permission denied"), "{not}");
    }
    // Also where it may execute them after all, by a grant on all functions.
    place
        .sql(&format!(
            "DROP TABLE of_the_feed; CREATE SCHEMA of_the_feed AUTHORIZATION {feed};
             GRANT ALL ON SCHEMA of_the_feed TO PUBLIC;
             GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {name} TO {feed}"
        ))
        .await
        .unwrap();
    for (columns, table, name_of_rows, function) in [
        (
            "id text, at_ms bigint",
            "incident_ids",
            "touched",
            "frontbeat_keep_ids",
        ),
        (
            "fid bigint, sequence bigint",
            "event_log_end",
            "appended",
            "frontbeat_number_events",
        ),
    ] {
        let abuse = format!(
            "SET search_path TO of_the_feed; CREATE TABLE {table} ({columns});
             GRANT ALL ON {table} TO PUBLIC; CREATE TABLE mine ({columns});
             CREATE TRIGGER mine AFTER INSERT ON mine REFERENCING NEW TABLE AS {name_of_rows}
             FOR EACH STATEMENT EXECUTE FUNCTION {name}.{function}();
             INSERT INTO mine VALUES (1, 1)"
        );
        let fault = run(&as_feed, &abuse).await.unwrap_err();
        assert!(fault.contains("permission denied: this"), "{fault}");
    }
    // Nor on a table in the schema itself.
    let abuse = format!(
        "SET search_path TO {name}, public; CREATE TABLE of_the_feed (sequence bigint);
         INSERT INTO of_the_feed VALUES (1); CREATE TRIGGER mine BEFORE DELETE ON of_the_feed
         FOR EACH ROW EXECUTE FUNCTION frontbeat_keep_newest(); DELETE FROM of_the_feed"
    );
    place
        .sql(&format!("GRANT CREATE ON SCHEMA {name} TO {feed}"))
        .await
        .unwrap();
    let fault = run(&as_feed, &abuse).await.unwrap_err();
    assert!(fault.contains("permission denied: this"), "{fault}");
    place
        .sql(&format!("REVOKE CREATE ON SCHEMA {name} FROM {feed}"))
        .await
        .unwrap();
    place.sql("DROP SCHEMA of_the_feed CASCADE").await.unwrap();

    let (first, second) = (
        open(&a, "a", Access::Share).await,
        open(&b, "b", Access::Share).await,
    );
    let now = rows::at("2026-06-01T00:00:00Z");
    let mut write = first.begin_board().await.unwrap();
    write.make_room_ahead(now).await.unwrap();
    write.commit().await.unwrap();
    append(&first, (0..5).map(|week| week * 168)).await;
    let write = async |w: &Workspace, incidents| {
        let written = w
            .write(rows::incident_rows(incidents), &rows::source())
            .await;
        written.unwrap().added
    };
    assert_eq!(write(&second, dated()).await, dated().len() as u64);
    assert_eq!(write(&first, of_year("A", 2031)).await, 1);
    assert_eq!(write(&second, of_year("B", 2031)).await, 1);
    assert_eq!(write(&second, of_year("B", 2032)).await, 1);
    let far = rows::at("2026-06-20T00:00:00Z");
    for w in [&second, &first] {
        let old = w.oldest_positions(far).await.unwrap().unwrap();
        let mut write = w.begin_board().await.unwrap();
        assert!(write.drop_positions(&old).await.unwrap());
        write.commit().await.unwrap();
    }
    append(&second, 2_000..2_002).await;
    assert_eq!(asked(&place, &not_of_the_owner).await, nothing);
    let sql = format!(
        "SET search_path TO {name}, public; SELECT frontbeat_drop_incidents('2000-01-01Z')"
    );
    run(&as_user(&server, &b, "b"), &sql).await.unwrap();
    assert_eq!(write(&first, dated()).await, 2);

    // Parts of the time to come are granted as the whole is, and not at all under a policy.
    place
        .sql(&format!("GRANT SELECT ON incidents TO {reader}"))
        .await
        .unwrap();
    assert_eq!(write(&first, of_year("A", 2041)).await, 1);
    place
        .sql("ALTER TABLE incidents ENABLE ROW LEVEL SECURITY")
        .await
        .unwrap();
    assert_eq!(write(&first, of_year("A", 2042)).await, 1);
    assert!(may("incidents_2041").await && !may("incidents_2042").await);
    // And to the letter: who may read the whole does not write to a part.
    let may_write =
        format!("SELECT has_table_privilege('{reader}', '{name}.incidents_2041', 'UPDATE')::text");
    assert_eq!(asked(&place, &may_write).await, ["false"]);
    assert!(partitions(&place, "incidents").await.len() > 8);
    first.close().await;
    second.close().await;
    place.sql(&format!("DROP OWNED BY {reader}")).await.unwrap();
    place.remove().await;
    let gone = format!("DROP ROLE {a}, {b}, {o}, {feed}");
    admin(&self::server(test).unwrap(), &gone).await;
}
