//! Each way in which a server can't be used, with its sentence; and that none has a password in it.

use std::process::Command;

use frontbeat::place::feature::Station;
use frontbeat::store::address::WorkspaceAddress;
use frontbeat::store::error::StoreError;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::{Access, Workspace};

use crate::layers::filled;
use crate::place::{Place, admin, as_user, schema, server};
use crate::rows;

async fn fault_of(text: &str) -> StoreError {
    let address: WorkspaceAddress = text.parse().unwrap();
    let reading = Workspace::open(&address, Access::Read).await.unwrap_err();
    let writing = Workspace::open(&address, Access::Write).await.unwrap_err();
    assert_eq!(reading.to_string(), writing.to_string());
    writing
}

#[tokio::test]
async fn what_is_wrong_with_a_server_is_said_with_its_remedy() {
    let test = "what_is_wrong_with_a_server";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    let server = server(test).unwrap();
    let name = schema(&place);
    let says = |fault: &StoreError, words: &[&str]| {
        let said = fault.to_string();
        for word in words {
            assert!(said.contains(word), "{said} says nothing of {word:?}");
        }
        assert!(!said.contains("s3cret") && !said.contains('\n'), "{said}");
    };

    let none = fault_of(place.text()).await;
    assert!(matches!(none, StoreError::Missing { .. }), "{none}");

    // Nobody listens on the port of discarded datagrams.
    let nobody = fault_of("postgres://ann:s3cret@127.0.0.1:9/db").await;
    assert!(matches!(nobody, StoreError::Unreachable { .. }), "{nobody}");
    says(&nobody, &["refused", "start it"]);

    let nowhere = fault_of(&server.replace("/postgres", "/nowhere")).await;
    assert!(matches!(nowhere, StoreError::Denied { .. }), "{nowhere}");
    says(&nowhere, &["does not exist", "createdb"]);

    let stranger = fault_of(&as_user(&server, "stranger", "s3cret")).await;
    assert!(matches!(stranger, StoreError::Denied { .. }), "{stranger}");
    says(&stranger, &["check user and password"]);

    // The tests' server knows no encryption; and a certificate that is not there.
    let plain = fault_of(&format!("{}&sslmode=require", place.text())).await;
    assert!(matches!(plain, StoreError::Insecure { .. }), "{plain}");
    says(
        &plain,
        &[
            "no secure connection",
            "does not support TLS",
            "sslmode=prefer",
        ],
    );
    let missing = format!(
        "{}&sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
        place.text()
    );
    let missing = fault_of(&missing).await;
    assert!(matches!(missing, StoreError::Insecure { .. }), "{missing}");
    says(&missing, &["/nowhere/ca.pem", "sslrootcert=FILE"]);

    // A database without PostGIS.
    let bare = format!("bare_{name}");
    admin(&server, &format!("CREATE DATABASE {bare}")).await;
    let fault = fault_of(&server.replace("/postgres", &format!("/{bare}"))).await;
    assert!(matches!(fault, StoreError::NoPostgis { .. }), "{fault}");
    says(&fault, &["CREATE EXTENSION postgis"]);
    admin(&server, &format!("DROP DATABASE {bare}")).await;

    // Somebody else's schema, a newer version, a user without rights.
    admin(&server, &format!("CREATE SCHEMA {name}")).await;
    let foreign = fault_of(place.text()).await;
    assert!(
        matches!(foreign, StoreError::NotAWorkspace { .. }),
        "{foreign}"
    );
    let made = Workspace::create(place.address(), &rows::new(false)).await;
    assert!(matches!(made, Err(StoreError::Exists { .. })));
    admin(&server, &format!("DROP SCHEMA {name}")).await;

    let w = place.create(false).await;
    let station = |id: &str| Station {
        id: frontbeat::place::id::Id::new(id),
        ..rows::stations()[0].clone()
    };
    let fault = w
        .write(LayerRows::Stations(vec![station("a\0b")]), &rows::source())
        .await
        .unwrap_err();
    says(&fault, &["NUL"]);
    w.close().await;

    let user = format!("nobody_{name}");
    // Special characters in a password, as they have to be written; and a wrong one.
    admin(
        &server,
        &format!("CREATE ROLE {user} LOGIN PASSWORD 's3cret/@:#'"),
    )
    .await;
    let wrong = fault_of(&as_user(place.text(), &user, "s3cret")).await;
    assert!(matches!(wrong, StoreError::Denied { .. }), "{wrong}");
    says(&wrong, &["password", "check user and password"]);
    let text = as_user(place.text(), &user, "s3cret%2F%40%3A%23");
    let fault = fault_of(&text).await;
    assert!(matches!(fault, StoreError::NotAWorkspace { .. }), "{fault}");
    says(&fault, &["grant the use"]);
    let other = text.replace("?schema=", "?schema=x");
    let fault = Workspace::create(
        other.parse::<WorkspaceAddress>().unwrap(),
        &rows::new(false),
    )
    .await
    .unwrap_err();
    says(
        &fault,
        &["permission denied for database", "the database's owner"],
    );
    admin(&server, &format!("DROP ROLE {user}")).await;

    place
        .sql("INSERT INTO frontbeat_schema (version) VALUES (999)")
        .await
        .unwrap();
    let newer = fault_of(place.text()).await;
    assert!(
        matches!(newer, StoreError::TooNew { found: 999, .. }),
        "{newer}"
    );
    place.remove().await;
}

/// Who may write to every table and does not own them can't make the partitions of a new year.
#[tokio::test]
async fn who_does_not_own_the_tables_is_told_so_at_the_start() {
    let test = "who_does_not_own_the_tables";
    let Some(place) = Place::postgis(test) else {
        return;
    };
    filled(&place).await.close().await;
    let (server, name) = (server(test).unwrap(), schema(&place));
    let user = format!("guest_{name}");
    let grant = format!(
        "CREATE ROLE {user} LOGIN PASSWORD 'g'; GRANT ALL ON SCHEMA {name} TO {user};
         GRANT ALL ON ALL TABLES IN SCHEMA {name} TO {user};
         GRANT ALL ON ALL SEQUENCES IN SCHEMA {name} TO {user}"
    );
    admin(&server, &grant).await;
    let address: WorkspaceAddress = as_user(place.text(), &user, "g").parse().unwrap();
    for access in [Access::Write, Access::Share, Access::Beside] {
        let fault = Workspace::open(&address, access).await.unwrap_err();
        assert!(matches!(fault, StoreError::NotWritable { .. }), "{fault}");
        let said = fault.to_string();
        let words = format!("{user} may only read it (who writes owns its tables");
        assert!(said.contains(&words) && !said.contains('\n'), "{said}");
    }
    let w = Workspace::open(&address, Access::Read).await.unwrap();
    assert_eq!(w.beats().await.unwrap(), rows::beats());
    w.close().await;
    // A member of the owner's role is as good as the owner.
    let owner = format!(
        "DO $$ BEGIN EXECUTE format('GRANT %s TO {user}', (SELECT relowner::regrole
         FROM pg_class WHERE oid = '{name}.events'::regclass)); END $$"
    );
    admin(&server, &owner).await;
    let w = Workspace::open(&address, Access::Write).await.unwrap();
    w.close().await;
    admin(&server, &format!("DROP OWNED BY {user}; DROP ROLE {user}")).await;
    place.remove().await;
}

#[test]
fn the_program_hides_passwords() {
    let run = |arguments: &[&str], store: &str| {
        let done = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args(arguments)
            .env("FRONTBEAT_STORE", store)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success(), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
        said
    };
    let nobody = "postgres://ann:s3cret@127.0.0.1:9/db";
    for said in [
        run(&["info", nobody], ""),
        run(&["info", "--store", nobody], ""),
        run(&["info", &format!("--store={nobody}")], ""),
        run(&["info"], nobody),
    ] {
        assert!(said.contains("refused"), "{said}");
        assert!(said.contains("postgres://ann@127.0.0.1:9/db"), "{said}");
    }
    for (wrong, word) in [
        (
            "postgres://ann:s3cret/@x@host:port/db",
            "special character stands",
        ),
        (
            "postgres://ann:s3cret@host/db?schema=A",
            "can't be the schema",
        ),
        // A slip in a name is none of the names, whatever its value is.
        (
            "postgres://ann@host/db?pasword=s3cret&schema=a",
            "\"pasword\"",
        ),
        ("postgres://ann:s3cret@host/db?shema=a", "\"shema\""),
    ] {
        for said in [
            run(&["info", wrong], ""),
            run(&["info"], wrong),
            run(&["info", "--store", wrong], ""),
            run(&["info", &format!("--store={wrong}")], ""),
        ] {
            assert!(said.contains(word), "{said}");
        }
    }
}

/// Whoever lists the processes of a machine does not read a password.
#[cfg(target_os = "linux")]
#[test]
fn the_list_of_processes_has_no_password() {
    // A listener that never answers keeps the program waiting.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = format!("postgres://ann:s3cret@127.0.0.1:{port}/db");
    let mut child = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(["info", &address])
        .spawn()
        .unwrap();
    let (_held, _) = listener.accept().unwrap();
    let line = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let line = String::from_utf8_lossy(&line).into_owned();
    assert!(line.contains("postgres://ann@127"), "{line}");
    assert!(!line.contains("s3cret"), "{line}");
}
