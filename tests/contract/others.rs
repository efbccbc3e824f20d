//! What others have on a server's tables: roles, grants, policies, indexes. What a change of the
//! tables can keep is kept, what it can't is named before anything changes; and several who are
//! members of the owner's role work on one workspace.

use frontbeat::store::workspace::Access;

use crate::partitions::{asked, schema};
use crate::place::{admin, server};
use crate::updates::old;

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
        let fault = place.open(Access::Write).await.unwrap_err().to_string();
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
            let fault = place.open(Access::Write).await.unwrap_err().to_string();
            assert!(!fault.contains(&says), "{fault}");
        }
    }
    place.open(Access::Write).await.unwrap().close().await;
    admin(&server, &format!("DROP ROLE clerk_{name}")).await;
    place.remove().await;
}
