//! Services behind pgbouncer in session mode: a session of the pooler is a session of the
//! server, so that locks and `LISTEN` hold.

use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::post;
use crate::listener::Listener;
use crate::postgres::{Postgres, free_port, is_root, url};
use crate::service::{Service, wait_until};
use crate::together::{are_equal, incident};
use crate::workspace::Place;

const SOON: Duration = Duration::from_secs(60);

struct Pooler {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Pooler {
    fn start(port: u16, server: u16) -> Option<Self> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];
        let program = program
            .iter()
            .find(|path| std::path::Path::new(path).exists())?;
        let folder = tempfile::tempdir().unwrap();
        let users = folder.path().join("users");
        std::fs::write(&users, "\"frontbeat\" \"\"\n").unwrap();
        let mut settings = String::from("[databases]\n");
        let _ = write!(
            settings,
            "postgres = host=127.0.0.1 port={server} dbname=postgres\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = trust\n\
             auth_file = {}\npool_mode = session\ndefault_pool_size = 60\nunix_socket_dir =\n",
            users.display()
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        // It refuses to be run by root.
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--", program]);
                let mut own = Command::new("chown");
                own.args(["-R", "postgres"]).arg(folder.path());
                assert!(own.status().unwrap().success());
                command
            }
            false => Command::new(program),
        };
        let child = command
            .arg(&file)
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self {
            child,
            _folder: folder,
        })
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // Told to end, so that `runuser` passes it on.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

#[test]
fn services_work_through_a_pooler_in_session_mode() {
    let test = "services_work_through_a_pooler";
    let Some(postgres) = Postgres::start(test) else {
        return;
    };
    let port = free_port();
    let Some(pooler) = Pooler::start(port, postgres.port) else {
        println!("{test} is left out: pgbouncer is not installed");
        return;
    };
    let place = Place::on(&postgres.url());
    let services = Service::start_many(&place.store_by(&url(port)), 2);
    let before = services[0].sequence();
    let listener = Listener::start(vec![services[1].address.clone()], before);
    wait_until("one leads", SOON, || {
        services.iter().filter(|service| service.leads()).count() == 1
    });
    for number in 0..20 {
        let body = incident(&format!("p{number}")).to_string();
        let service = &services[number % 2];
        let answer = post(&service.address, "/api/incidents", &body).unwrap();
        assert!(answer.status < 300, "{answer:?}");
    }
    let last = services.iter().map(Service::sequence).max().unwrap();
    assert!(listener.wait_for(last, SOON));
    let heard = listener.stop();
    assert_eq!(heard.events, (before + 1..=last).collect::<Vec<u64>>());
    are_equal(&place, &services);
    drop(services);
    drop(pooler);
}
