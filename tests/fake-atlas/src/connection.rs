//! Connections that tests can break, and a listener that can stop and resume.
//!
//! Faults below HTTP (a reset, a close in the middle of a body) happen to the socket without the
//! HTTP server's knowledge. So the socket is shared: the HTTP server uses it through [`Socket`],
//! the layers through [`Connection`].

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc as blocking};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Notify, mpsc};

/// A connection, as layers use it.
#[derive(Clone)]
pub(crate) struct Connection(Arc<State>);

struct State {
    number: usize,
    /// `None` once the connection is broken.
    stream: Mutex<Option<TcpStream>>,
    /// How many times all written bytes have been flushed to the system.
    flushes: AtomicUsize,
    flushed: Notify,
}

impl Connection {
    fn new(number: usize, stream: TcpStream) -> Self {
        let (flushes, flushed) = (AtomicUsize::new(0), Notify::new());
        Connection(Arc::new(State {
            number,
            stream: Mutex::new(Some(stream)),
            flushes,
            flushed,
        }))
    }

    pub(crate) fn number(&self) -> usize {
        self.0.number
    }

    /// Resets the connection. The client's next read fails, after the bytes that it has received.
    pub(crate) fn reset(&self) {
        if let Some(stream) = self.stream().take() {
            // Without this option, the connection would be closed without a reset.
            stream
                .set_zero_linger()
                .expect("the system takes the option SO_LINGER");
        }
    }

    /// Closes the connection without a reset, even if the response is not complete.
    pub(crate) fn close(&self) {
        drop(self.stream().take());
    }

    /// The number of flushes so far, for [`Connection::flushed_after`].
    pub(crate) fn flushes(&self) -> usize {
        self.0.flushes.load(Ordering::SeqCst)
    }

    /// Waits until there were more than `count` flushes.
    pub(crate) async fn flushed_after(&self, count: usize) {
        loop {
            let flushed = self.0.flushed.notified();
            if self.flushes() > count {
                return;
            }
            flushed.await;
        }
    }

    fn stream(&self) -> MutexGuard<'_, Option<TcpStream>> {
        self.0.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connection {}", self.0.number)
    }
}

/// A connection, as the HTTP server uses it.
pub(crate) struct Socket(Connection);

impl Socket {
    fn poll<T>(
        &self,
        poll: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match self.0.stream().as_mut() {
            Some(stream) => poll(Pin::new(stream)),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // The HTTP server is done with the connection. A layer that still has a handle must not
        // keep it open.
        self.0.close();
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll(|stream| stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll(|stream| stream.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll(|stream| stream.poll_write_vectored(cx, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.poll(|stream| stream.poll_flush(cx));
        if flushed.is_ready() {
            self.0.0.flushes.fetch_add(1, Ordering::SeqCst);
            self.0.0.flushed.notify_waiters();
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll(|stream| stream.poll_shutdown(cx))
    }
}

/// A command to the listener. The sender reports that it is done.
pub(crate) enum Command {
    /// Refuse new connections and reset open ones.
    Refuse(blocking::Sender<()>),
    /// Reset open connections.
    Reset(blocking::Sender<()>),
    /// Accept connections.
    Accept(blocking::Sender<()>),
}

/// A listener that can stop listening without giving up its port.
pub(crate) struct PausableListener {
    address: SocketAddr,
    state: Listening,
    commands: mpsc::UnboundedReceiver<Command>,
    accepted: Vec<Connection>,
    count: usize,
}

enum Listening {
    Yes(TcpListener),
    /// A socket that is bound to the port but does not listen: connections are refused, and no
    /// other process gets the port.
    No(TcpSocket),
}

impl PausableListener {
    /// Listens on loopback; port 0 means that the system picks one.
    pub(crate) fn listen(
        port: u16,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> io::Result<Self> {
        let listener = listen(bind(SocketAddr::from(([127, 0, 0, 1], port)))?)?;
        let (address, state) = (listener.local_addr()?, Listening::Yes(listener));
        Ok(PausableListener {
            address,
            state,
            commands,
            accepted: Vec::new(),
            count: 0,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn execute(&mut self, command: Command) {
        match command {
            Command::Refuse(done) => {
                if let Listening::Yes(_) = &self.state {
                    // The listener is dropped first: two sockets cannot be bound to the port while
                    // one of them listens.
                    self.state = Listening::No(
                        TcpSocket::new_v4().expect("the system has a socket to give"),
                    );
                    self.state =
                        Listening::No(bind(self.address).expect("nobody took the port meanwhile"));
                }
                self.accepted
                    .drain(..)
                    .for_each(|connection| connection.reset());
                let _nobody_waits = done.send(());
            }
            Command::Reset(done) => {
                self.accepted
                    .drain(..)
                    .for_each(|connection| connection.reset());
                let _nobody_waits = done.send(());
            }
            Command::Accept(done) => {
                if let Listening::No(_) = &self.state {
                    let nothing = Listening::No(
                        TcpSocket::new_v4().expect("the system has a socket to give"),
                    );
                    if let Listening::No(socket) = std::mem::replace(&mut self.state, nothing) {
                        self.state = Listening::Yes(
                            listen(socket).expect("the socket has the port already"),
                        );
                    }
                }
                let _nobody_waits = done.send(());
            }
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of the previous listener linger for a while. They must not keep its successor
    // from binding the port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn listen(socket: TcpSocket) -> io::Result<TcpListener> {
    socket.listen(1024)
}

impl Listener for PausableListener {
    type Io = Socket;
    type Addr = Connection;

    async fn accept(&mut self) -> (Socket, Connection) {
        loop {
            let accepted = async {
                match &self.state {
                    Listening::Yes(listener) => listener.accept().await,
                    Listening::No(_) => std::future::pending().await,
                }
            };
            let stream = tokio::select! {
                biased;
                command = self.commands.recv() => {
                    match command {
                        Some(command) => self.execute(command),
                        // The handle is gone, and the thread is about to end.
                        None => std::future::pending().await,
                    }
                    continue;
                }
                accepted = accepted => accepted,
            };
            // Ignore a client that hung up before it was accepted.
            let Ok((stream, _)) = stream else { continue };
            drop(stream.set_nodelay(true));
            let connection = Connection::new(self.count, stream);
            self.count += 1;
            self.accepted
                .retain(|connection| connection.stream().is_some());
            self.accepted.push(connection.clone());
            return (Socket(connection.clone()), connection);
        }
    }

    fn local_addr(&self) -> io::Result<Connection> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Connected<IncomingStream<'_, PausableListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, PausableListener>) -> Self {
        stream.remote_addr().clone()
    }
}
