//! What is an address, what is shown of it, and that no password is.

use super::*;

fn parsed(text: &str) -> ServerAddress {
    match text.parse::<WorkspaceAddress>().unwrap() {
        WorkspaceAddress::Server(server) => *server,
        WorkspaceAddress::File(path) => panic!("{text} was taken for the file {path:?}"),
    }
}

#[test]
fn whatever_is_no_postgres_url_is_a_file() {
    for text in ["a.gpkg", "/x/postgres:a.gpkg", "é"] {
        let address: WorkspaceAddress = text.parse().unwrap();
        assert!(matches!(address, WorkspaceAddress::File(_)), "{text}");
        assert_eq!(address.to_string(), text);
    }
}

#[test]
fn a_server_has_a_schema_and_shows_no_password() {
    let server =
        parsed("postgresql://ann:s%40cret%2F@db.example:5433/city?schema=jingan&sslmode=disable");
    assert_eq!(server.schema(), "jingan");
    assert_eq!(
        server.shown(),
        "postgres://ann@db.example:5433/city?schema=jingan"
    );
    assert_eq!(server.hosts[0].get_username(), "ann");
    let told = format!(
        "{server:?} {}",
        WorkspaceAddress::Server(Box::new(server.clone()))
    );
    assert!(!told.contains("cret"), "{told}");
    assert_eq!(parsed("postgres://a@b/c").schema(), DEFAULT_SCHEMA);
    assert_eq!(
        parsed("postgres://a@b/c").with_schema("x".into()).schema(),
        "x"
    );
}

#[test]
fn several_hosts_are_parted_by_commas() {
    let server = parsed("postgres://ann:a%2Cb@one:5433,[::1]:5434,three/city?schema=x");
    let ports: Vec<u16> = server.hosts.iter().map(|host| host.get_port()).collect();
    assert_eq!(ports, [5433, 5434, 5432]);
    assert_eq!(server.hosts[2].get_host(), "three");
    assert!(server.hosts.iter().all(|host| host.get_username() == "ann"));
    assert_eq!(
        server.shown(),
        "postgres://ann@one:5433,[::1]:5434,three:5432/city?schema=x"
    );
}

/// An empty host would be this machine, or whatever `PGHOST` says: a comma too many must not
/// make a service go over to that.
#[test]
fn an_empty_host_is_refused_and_a_socket_is_not() {
    for text in [
        "postgres:///city",
        "postgres://ann:secret@/city",
        "postgres://ann:secret@:5433/city?schema=my",
        "postgres://ann:secret@one,/city",
        "postgres://ann:secret@one,,three/city",
        "postgres://ann:secret@one,:5433/city?host=/run/postgresql",
    ] {
        let fault = text.parse::<WorkspaceAddress>().unwrap_err();
        assert!(matches!(fault, AddressError::Host(_)), "{text}: {fault}");
        let said = fault.to_string();
        assert!(
            said.contains("localhost") && !said.contains("secret"),
            "{said}"
        );
    }
    let socket = parsed("postgres:///city?host=/run/postgresql&user=ann&schema=my");
    assert_eq!(
        socket.shown(),
        "postgres://ann@/run/postgresql/city?schema=my"
    );
    assert_eq!(
        parsed("postgres://localhost/city").hosts[0].get_host(),
        "localhost"
    );
}

#[test]
fn what_is_wrong_is_said_without_the_password() {
    for text in [
        "postgres://ann:se/cr@et@host/db",
        "postgres://ann:secret@host:port/db",
        "postgres://ann:secret@[::1/db",
        "postgres://ann:secret@host",
        "postgres://ann:secret@host/db?schema=Jing%20An",
        "postgres://ann:secret@host/db?schema=public",
        "postgres://ann@host:x/db?password=secret",
        "postgres://ann:secret@host/db?schema=pg_x",
    ] {
        let fault = text.parse::<WorkspaceAddress>().unwrap_err().to_string();
        for part in ["secret", "se/cr", "cr@et"] {
            assert!(!fault.contains(part), "{fault}");
        }
    }
}

#[test]
fn a_password_is_taken_out_whole() {
    let cases = [
        ("postgres://a:b@h/d", "postgres://a@h/d", Some("b")),
        ("postgres://a:b@c/d@h/d", "postgres://a@h/d", Some("b@c/d")),
        ("postgres://a@h:5432/d", "postgres://a@h:5432/d", None),
        ("postgres://h:5432/d", "postgres://h:5432/d", None),
        (
            "postgres://h/d?password=x&schema=y",
            "postgres://h/d?password=…&schema=y",
            Some("x"),
        ),
        ("a.gpkg", "a.gpkg", None),
    ];
    for (text, shown, password) in cases {
        let (found, taken) = without_password(text);
        assert_eq!((found.as_str(), taken.as_deref()), (shown, password));
        if let Some(password) = password {
            assert_eq!(with_password(&found, password), text);
        }
    }
}

#[test]
fn a_slip_in_the_scheme_tells_no_password() {
    for text in [
        "Postgres://u:TopSecretPw@127.0.0.1:5432/city",
        "postgress://u:TopSecretPw@h/db",
        "mysql://u:Top@SecretPw@h/db",
        "postgres//u:TopSecretPw@h/db",
        "psql://h/db",
    ] {
        let fault = WorkspaceAddress::from_str(text).unwrap_err();
        assert!(matches!(fault, AddressError::Scheme(_)), "{text}");
        let told = fault.to_string();
        assert!(
            !told.contains("Secret") && told.contains("postgres://"),
            "{told}"
        );
    }
    for file in ["my.gpkg", "/work//my.gpkg", "./a@b.gpkg"] {
        assert!(WorkspaceAddress::from_str(file).is_ok(), "{file}");
    }
}

/// A password under a name with a slip in it is one too.
#[test]
fn values_of_what_is_no_parameter_are_not_printed() {
    for (text, shown) in [
        (
            "postgres://a@b/c?pasword=s&schema=x",
            "postgres://a@b/c?pasword=…&schema=x",
        ),
        ("postgres://a:s@b/c?pw=s", "postgres://a@b/c?pw=…"),
        (
            "postgres://a:s@b/c?password=s&pw=s",
            "postgres://a@b/c?password=…&pw=…",
        ),
        (
            "postgres://a@b/c?passw%6Frd=s&pw=s",
            "postgres://a@b/c?passw%6Frd=…&pw=…",
        ),
        (
            "postgres://a@b/c?password=my s&pw=s",
            "postgres://a@b/c?password=…&pw=…",
        ),
        (
            "postgres://a@b/c?sslmode=disable&plain",
            "postgres://a@b/c?sslmode=disable&plain",
        ),
    ] {
        assert_eq!(printable(text), shown);
        let fault = text.parse::<WorkspaceAddress>().unwrap_err();
        assert!(matches!(fault, AddressError::Parameter(_)), "{fault}");
    }
}

/// Whatever was meant for a server and is written otherwise is no file, and prints no password.
#[test]
fn what_is_meant_for_a_server_prints_no_password() {
    for text in [
        "postgres://ann:12/s3cret@127.0.0.1:5432/city?schema=my",
        "postgres://ann:s3@c/r:e#t@127.0.0.1:5432/city",
        "postgres://ann:s3?cret@127.0.0.1:5432/city",
        "postgres://ann:s3?cret=x@127.0.0.1:5432/city",
        "postgres://ann:s3/a?cret=x@127.0.0.1:5432/city",
        "postgres://ann:s3cret@b/c?schema=a&schema=b",
        "postgres://ann:s3cret@/city?host=/run/postgresql",
        "POSTGRES://ann:s3cret@b/c",
        " postgres://ann:s3cret@b/c",
        "mysql://ann:s3cret@b/c",
        "postgres:/ann:s3cret@b/c",
        "postgres//ann:s3cret@b/c",
        "host=b dbname=c user=ann password=s3cret",
        "host=b dbname=c user=ann password = 'my s3cret'",
        "PG:host=b password=s3cret dbname=c",
    ] {
        let fault = text.parse::<WorkspaceAddress>().unwrap_err().to_string();
        for said in [&fault, &printable(text)] {
            assert!(
                !said.contains("s3") && !said.contains("cret"),
                "{text}: {said}"
            );
        }
        if let (shown, Some(password)) = without_password(text) {
            assert_eq!(with_password(&shown, &password), text);
        }
    }
    // Files stay files.
    for text in [
        "data//x.gpkg",
        "C:/data/x.gpkg",
        "../a:b@c.gpkg",
        "a b.gpkg",
        "./dbname=c.gpkg",
    ] {
        assert!(
            matches!(text.parse(), Ok(WorkspaceAddress::File(_))),
            "{text}"
        );
        assert_eq!(printable(text), text);
    }
    let plain = parsed("postgres://a@b/c?sslmode=disable&sslrootcert=/nowhere.pem");
    assert!(plain.files.is_empty());
}
