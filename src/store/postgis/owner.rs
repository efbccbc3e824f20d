//! Whom tables belong to. They may belong to a role that nobody logs in as, with those who run
//! the service as its members: whoever of them brings the tables up to date makes the new ones in
//! its name, so that they are as much the others'. Partitions, which are made at any time, have
//! their own way to their owner (`frontbeat_belong_to` in `schema/postgis/partitions.sql`).

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::postgis::reader_role;

/// Acts as the owner of the tables that are there until the transaction ends, where the user may;
/// else new ones are the user's own. What readers were promised of tables to come by whoever made
/// the schema is promised by their owner too.
///
/// # Errors
/// [`StoreError`].
pub async fn act_as_owner(conn: &mut Connection, schema: &str) -> Result<(), StoreError> {
    let reader = reader_role::name(schema);
    let script = format!(
        "DO $$
         DECLARE
             owner CONSTANT regrole := (SELECT relowner FROM pg_class
                                        WHERE oid = 'frontbeat_schema'::regclass);
         BEGIN
             IF owner = quote_ident(current_user)::regrole
                 OR NOT has_schema_privilege(owner, '{schema}', 'CREATE')
             THEN
                 RETURN;
             END IF;
             EXECUTE format('SET LOCAL ROLE %s', owner);
             IF EXISTS (SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
                        WHERE d.defaclnamespace = '{schema}'::regnamespace
                            AND d.defaclobjtype = 'r' AND a.privilege_type = 'SELECT'
                            AND a.grantee = to_regrole('{reader}'))
             THEN
                 ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {reader};
             END IF;
         EXCEPTION WHEN insufficient_privilege THEN
             RAISE WARNING 'new tables belong to %, who may not act as %', current_user, owner;
         END
         $$"
    );
    conn.script(script).await
}
