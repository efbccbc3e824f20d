//! A wire to the database that can be cut (connections stay open, and nothing gets through), or
//! that forgets the connections that are there, as a router does: nobody is told, nothing gets
//! through them any more, and new ones are as good as ever.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub struct Proxy {
    pub port: u16,
    wire: Arc<Wire>,
}

#[derive(Default)]
struct Wire {
    cut: AtomicBool,
    /// How often it forgot all connections.
    forgot: AtomicU64,
}

/// One connection, and how often the wire had forgotten others when it began.
#[derive(Clone)]
struct Flow {
    wire: Arc<Wire>,
    began: u64,
}

impl Proxy {
    pub fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(Wire::default());
        let of = wire.clone();
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let flow = Flow {
                    began: of.forgot.load(Ordering::SeqCst),
                    wire: of.clone(),
                };
                std::thread::spawn(move || {
                    flow.wait();
                    let Ok(server) = TcpStream::connect(("127.0.0.1", target)) else {
                        return;
                    };
                    let (from_server, to_client) =
                        (server.try_clone().unwrap(), client.try_clone().unwrap());
                    let back = flow.clone();
                    std::thread::spawn(move || back.pass(from_server, to_client));
                    flow.pass(client, server);
                });
            }
        });
        Self { port, wire }
    }

    pub fn cut(&self) {
        self.wire.cut.store(true, Ordering::SeqCst);
    }

    pub fn mend(&self) {
        self.wire.cut.store(false, Ordering::SeqCst);
    }

    /// Nothing gets through the connections that are there, for good; new ones pass.
    pub fn forget(&self) {
        self.wire.forgot.fetch_add(1, Ordering::SeqCst);
    }
}

impl Flow {
    fn wait(&self) {
        while self.wire.cut.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_forgotten(&self) -> bool {
        self.wire.forgot.load(Ordering::SeqCst) > self.began
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 64 * 1024];
        while let Ok(count) = from.read(&mut buffer) {
            self.wait();
            if self.is_forgotten() {
                return swallow(from, to);
            }
            if count == 0 || to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        if self.is_forgotten() {
            return swallow(from, to);
        }
        let _ = to.shutdown(std::net::Shutdown::Both);
        let _ = from.shutdown(std::net::Shutdown::Both);
    }
}

/// Whatever one side says, the other one hears nothing, not even that it has left.
fn swallow(mut from: TcpStream, to: TcpStream) {
    let mut buffer = [0; 64 * 1024];
    while from.read(&mut buffer).is_ok_and(|count| count > 0) {}
    // Until the test ends: dropped it would tell.
    std::mem::forget((from, to));
}
