//! An HTTP server in a thread of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc as blocking;
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{self, Next};
use serde_json::Value;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot};

use super::connection::{Command, Connection, PausableListener};
use super::recorded::{Log, RecordedRequest};

/// A server that runs until it is dropped. It has its own thread and runtime, so that a test may
/// block, and the tasks of the test do not compete with those of the server.
pub struct Server {
    address: SocketAddr,
    log: Log,
    commands: mpsc::UnboundedSender<Command>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn start(router: Router) -> Self {
        Server::start_on(router, 0).expect("the system has a port to give")
    }

    /// Listens on this port; 0 means that the system picks one.
    pub(crate) fn start_on(router: Router, port: u16) -> io::Result<Self> {
        let log = Log::new();
        let (commands, received) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let (started, address) = blocking::channel();
        let router = recorded(router, &log);
        let serve = async move {
            let port = PausableListener::listen(port, received);
            let address = port
                .as_ref()
                .map(PausableListener::address)
                .map_err(|error| error.kind());
            started
                .send(address)
                .expect("whoever starts a server waits for its address");
            let Ok(port) = port else { return };
            let served = axum::serve(
                port,
                router.into_make_service_with_connect_info::<Connection>(),
            );
            tokio::select! {
                _ = stopped => {}
                _ = served.into_future() => {}
            }
        };
        let thread = thread::spawn(move || {
            let runtime = runtime::Builder::new_current_thread().enable_io().build();
            runtime
                .expect("the system has an event queue to give")
                .block_on(serve);
        });
        let address = address
            .recv()
            .expect("the thread says its address or has panicked")?;
        Ok(Server {
            address,
            log,
            commands,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL for the client: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests received so far, in order of arrival.
    pub fn received_requests(&self) -> Vec<RecordedRequest> {
        self.log.lock().clone()
    }

    /// The requests after the first `count`, in order of arrival.
    pub(crate) fn received_requests_after(&self, count: usize) -> Vec<RecordedRequest> {
        self.log.lock().split_at(count).1.to_vec()
    }

    /// All requests and responses so far as an HTTP Archive, without credentials.
    pub fn har(&self) -> Value {
        let (url, log) = (self.url(), self.log.lock());
        super::har::archive(log.iter().map(|received| (url.as_str(), received)))
    }

    /// How many requests were received, with or without a response.
    pub fn request_count(&self) -> usize {
        self.log.lock().len()
    }

    /// How many requests with this method (in capitals) have reached the application.
    pub fn handled_count(&self, method: &str) -> usize {
        self.log
            .lock()
            .iter()
            .filter(|request| request.handled && request.method == method)
            .count()
    }

    /// How many requests with this method (in capitals) to this path (without query) have reached
    /// the application.
    pub fn handled_count_at(&self, method: &str, path: &str) -> usize {
        let matches = |request: &&RecordedRequest| {
            request.handled && request.method == method && request.path() == path
        };
        self.log.lock().iter().filter(matches).count()
    }

    /// How many connections have sent at least one request.
    pub fn connections(&self) -> usize {
        let mut connections: Vec<_> = self
            .log
            .lock()
            .iter()
            .map(|request| request.connection)
            .collect();
        connections.sort_unstable();
        connections.dedup();
        connections.len()
    }

    /// Waits until this many requests have been received since the start.
    pub async fn wait_for_requests(&self, count: usize) {
        self.log.wait_for_requests(count).await;
    }

    /// Refuses new connections and resets open ones. The server keeps its port.
    ///
    /// A client may find a reset connection in its pool before it opens a new one. To test a
    /// refused connection only, call this before the client's first request.
    pub fn down(&self) {
        self.command(Command::Refuse);
    }

    /// Resets all open connections, as a machine that restarts does.
    pub fn reset_connections(&self) {
        self.command(Command::Reset);
    }

    /// Accepts connections again.
    pub fn up(&self) {
        self.command(Command::Accept);
    }

    /// Sends a command to the thread of the server and waits until it is done.
    fn command(&self, command: fn(blocking::Sender<()>) -> Command) {
        let (done, waiting) = blocking::channel();
        // If the thread of the server has panicked, the command has no effect, and the test will
        // fail by itself.
        if self.commands.send(command(done)).is_ok() {
            let _gone = waiting.recv();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn recorded(router: Router, log: &Log) -> Router {
    let log = log.clone();
    router.layer(middleware::from_fn(
        move |mut request: Request, next: Next| {
            if let Some(ConnectInfo(connection)) = request
                .extensions()
                .get::<ConnectInfo<Connection>>()
                .cloned()
            {
                request.extensions_mut().insert(connection);
            }
            log.clone().record(request, next)
        },
    ))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::net::TcpStream;

    use crate::test_client::TestClient;
    use crate::{App, Fault, Faults, Gate};

    #[test]
    fn what_comes_in_is_noted() {
        let server = App::examples().start();
        let mut client = TestClient::connect(&server);
        assert_eq!(client.get("/none?a=%2F&b").status, 404);
        let path = "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots";
        let response = client.call("POST", path, "X-A: 1\r\nx-a: 2\r\n", "{}");
        assert_eq!(response.status, 200);
        assert!(
            response
                .header("content-type")
                .unwrap()
                .starts_with("application/vnd.atlas.")
        );
        assert_eq!(response.header("ratelimit-remaining"), Some("1198"));
        assert_eq!((server.request_count(), server.connections()), (2, 1));
        assert_eq!(
            (
                server.handled_count("POST"),
                server.handled_count_at("POST", path),
                server.handled_count_at("POST", "/none")
            ),
            (1, 1, 0)
        );
        let [first, second] = server.received_requests().try_into().unwrap();
        assert_eq!(
            (&*first.method, &*first.target, first.status),
            ("GET", "/none?a=%2F&b", Some(404))
        );
        assert_eq!(first.path(), "/none");
        assert_eq!(
            (second.header("x-a"), &*second.body),
            (Some("1"), &b"{}"[..])
        );
        assert!(second.headers.contains(&("x-a".to_owned(), "2".to_owned())));
    }

    #[test]
    fn a_server_ends_with_its_handle() {
        let gate = Gate::closed();
        let server = App::examples()
            .layer(&Faults::always(Fault::hold_until(&gate)))
            .start();
        let address = server.address();
        let mut client = TestClient::connect(&server);
        client.send("GET", "/", "", "");
        drop(server);
        assert!(client.read().is_err());
        assert_eq!(
            TcpStream::connect(address).unwrap_err().kind(),
            io::ErrorKind::ConnectionRefused
        );
    }

    #[test]
    fn a_server_can_go_down_and_come_back() {
        let server = App::examples().start();
        let mut before = TestClient::connect(&server);
        assert_eq!(before.get("/").status, 404);
        for _ in 0..2 {
            server.down();
            server.down();
            before.send("GET", "/", "", "");
            assert!(before.read().is_err());
            assert_eq!(
                TcpStream::connect(server.address()).unwrap_err().kind(),
                io::ErrorKind::ConnectionRefused
            );
            server.up();
            server.up();
            before = TestClient::connect(&server);
            assert_eq!(before.get("/").status, 404);
        }
        assert_eq!(server.connections(), 3);
    }

    #[test]
    fn open_connections_can_be_cut() {
        let server = App::examples().start();
        let mut client = TestClient::connect(&server);
        assert_eq!(client.get("/").status, 404);
        server.reset_connections();
        client.send("GET", "/", "", "");
        assert!(client.read().is_err());
        assert_eq!(TestClient::connect(&server).get("/").status, 404);
    }

    #[tokio::test]
    async fn a_test_can_wait_for_requests() {
        let server = App::examples()
            .layer(&Faults::always(Fault::silent()))
            .start();
        let mut client = TestClient::connect(&server);
        client.send("GET", "/", "", "");
        server.wait_for_requests(1).await;
        assert_eq!(server.received_requests()[0].status, None);
        assert_eq!(server.handled_count("GET"), 0);
    }
}
