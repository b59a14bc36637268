//! What a server on this machine receives.

use std::sync::Mutex;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const LIMITS: Limits = Limits { timeout: Duration::from_secs(20), max_body: 100 };

/// Accepts connections and answers so many requests on each; it closes the connection instead of
/// answering the next request.
struct Server {
    url: String,
    /// The connection of each request, counted from 0, and its head in small letters.
    received: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Server {
    async fn answering(counts: &'static [usize]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            for (connection, count) in counts.iter().enumerate() {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, connection, *count, Arc::clone(&log)));
            }
        });
        Self { url, received }
    }

    fn request(&self, method: Method) -> Request<Bytes> {
        Request::builder().method(method).uri(&self.url).body(Bytes::new()).unwrap()
    }

    /// The connections of the requests.
    fn connections(&self) -> Vec<usize> {
        self.received.lock().unwrap().iter().map(|(connection, _)| *connection).collect()
    }
}

async fn answer(
    stream: TcpStream,
    connection: usize,
    count: usize,
    log: Arc<Mutex<Vec<(usize, String)>>>,
) {
    let mut stream = BufReader::new(stream);
    for turn in 0.. {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).await.unwrap() == 0 {
                return;
            }
        }
        log.lock().unwrap().push((connection, head.to_lowercase()));
        if turn == count {
            return;
        }
        stream.write_all(OK.as_bytes()).await.unwrap();
    }
}

async fn send(client: &HttpClient, request: Request<Bytes>) -> Result<StatusCode, TransportError> {
    client.send(request, LIMITS, Deadline::default()).await.map(|response| response.status())
}

#[tokio::test]
async fn a_get_is_repeated_on_a_new_connection_when_the_pooled_one_is_dead() {
    let (server, client) = (Server::answering(&[1, 2]).await, HttpClient::new().unwrap());
    for _ in 0..3 {
        assert_eq!(send(&client, server.request(Method::GET)).await.unwrap(), 200);
    }
    assert_eq!(server.connections(), [0, 0, 1, 1]);
}

#[tokio::test]
async fn every_get_on_a_dead_pooled_connection_is_repeated() {
    let (server, client) = (Server::answering(&[1, 1, 9, 9]).await, HttpClient::new().unwrap());
    // They open two connections.
    let (one, other) = tokio::join!(
        send(&client, server.request(Method::GET)),
        send(&client, server.request(Method::GET))
    );
    assert_eq!((one.unwrap(), other.unwrap()), (StatusCode::OK, StatusCode::OK));
    let mut opened = server.connections();
    opened.sort_unstable();
    assert_eq!(opened, [0, 1]);
    let (one, other) = tokio::join!(
        send(&client, server.request(Method::GET)),
        send(&client, server.request(Method::GET))
    );
    assert_eq!((one.unwrap(), other.unwrap()), (StatusCode::OK, StatusCode::OK));
    let received = server.connections();
    assert_eq!(received.iter().filter(|connection| **connection < 2).count(), 4, "{received:?}");
}

#[tokio::test]
async fn a_post_is_repeated_only_if_it_is_idempotent() {
    let (server, client) = (Server::answering(&[1, 1, 1]).await, HttpClient::new().unwrap());
    assert_eq!(send(&client, server.request(Method::POST)).await.unwrap(), 200);
    let lost = send(&client, server.request(Method::POST)).await;
    assert!(matches!(lost, Err(TransportError::Broken(_))), "{lost:?}");
    assert_eq!(server.connections(), [0, 0]);

    assert_eq!(send(&client, server.request(Method::POST)).await.unwrap(), 200);
    let mut idempotent = server.request(Method::POST);
    idempotent.extensions_mut().insert(Idempotent);
    assert_eq!(send(&client, idempotent).await.unwrap(), 200);
    assert_eq!(server.connections(), [0, 0, 1, 1, 2]);
}

#[tokio::test]
async fn a_request_is_repeated_once_and_never_after_a_new_connection() {
    let (server, client) = (Server::answering(&[1, 0, 0, 2]).await, HttpClient::new().unwrap());
    assert_eq!(send(&client, server.request(Method::GET)).await.unwrap(), 200);
    let lost = send(&client, server.request(Method::GET)).await;
    assert!(matches!(lost, Err(TransportError::Broken(_))), "{lost:?}");
    assert_eq!(server.connections(), [0, 0, 1]);
    let lost = send(&client, server.request(Method::GET)).await;
    assert!(matches!(lost, Err(TransportError::Broken(_))), "{lost:?}");
    assert_eq!(server.connections(), [0, 0, 1, 2]);
}

#[tokio::test]
async fn connections_are_dropped_when_the_wall_clock_passed_their_idle_limit() {
    let (server, client) = (Server::answering(&[9, 9]).await, HttpClient::new().unwrap());
    let now = SystemTime::now();
    for (seconds, connection) in [(0, 0), (50, 0), (100, 0), (151, 1), (90, 1), (140, 1)] {
        let connections = client.pool.at(now + Duration::from_secs(seconds));
        let response = connections.send(server.request(Method::GET)).await.unwrap();
        response.into_body().collect().await.unwrap();
        assert_eq!(server.connections().last(), Some(&connection), "after {seconds} s");
    }
}

#[tokio::test]
async fn every_request_names_the_service_and_its_version() {
    let (server, client) = (Server::answering(&[2]).await, HttpClient::new().unwrap());
    let mut other = server.request(Method::POST);
    other.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static("other/1"));
    for request in [server.request(Method::GET), other] {
        send(&client, request).await.unwrap();
    }
    let expected = format!("\r\nuser-agent: bellwether/{}\r\n", env!("CARGO_PKG_VERSION"));
    let received = server.received.lock().unwrap();
    assert!(received.iter().all(|(_, head)| head.contains(&expected)), "{received:?}");
    assert_eq!(received.iter().filter(|(_, head)| head.contains("other/1")).count(), 0);
}
