//! The role for those who only look, one a workspace: `frontbeat_reader_<schema>`. It can't
//! log in itself; a GIS program's user is made a member of it (`GRANT … TO ann`).

use crate::store::connection::Connection;
use crate::store::error::StoreError;

/// The role's name.
pub fn name(schema: &str) -> String {
    format!("frontbeat_reader_{schema}")
}

/// Makes the role, where the user may do that, and lets it read every table and view of the
/// schema, those of later versions too, but not the key that units' links are signed with, nor
/// the secrets of hooks: who has them speaks for every unit, or for the service. `of` is the schema's final name.
///
/// # Errors
/// [`StoreError`]; a missing privilege is none, but said in the log.
pub async fn grant(conn: &mut Connection, schema: &str, of: &str) -> Result<(), StoreError> {
    let role = name(of);
    let script = format!(
        "DO $$
         BEGIN
             IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                 CREATE ROLE {role} NOLOGIN;
             END IF;
             GRANT USAGE ON SCHEMA {schema} TO {role};
             GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};
             REVOKE ALL ON {schema}.link_keys, {schema}.hook_secrets FROM {role};
             ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role};
         EXCEPTION WHEN insufficient_privilege THEN
             RAISE WARNING 'the role {role} was not made: the user may not create roles';
         END
         $$"
    );
    conn.script(script).await
}
