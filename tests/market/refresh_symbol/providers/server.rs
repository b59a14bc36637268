//! A provider on this machine with canned responses.

use std::sync::{Arc, Mutex};

use shared::http_client::HttpClient;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub struct Server {
    pub url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Sends these responses in turn, and then repeats the last one.
    pub async fn responding(replies: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let count = seen.lock().unwrap().len();
                let reply = &replies[count.min(replies.len() - 1)];
                let head = exchange(stream, reply).await;
                seen.lock().unwrap().push(head);
            }
        });
        Self { url, heads }
    }

    /// The heads of the requests, in small letters.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn exchange(mut stream: TcpStream, reply: &[u8]) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    // The client may have closed the connection.
    let _closed = stream.write_all(reply).await;
    let _closed = stream.shutdown().await;
    String::from_utf8(head).unwrap().to_lowercase()
}

pub fn ok(body: impl AsRef<[u8]>) -> Vec<u8> {
    status(200, "", body)
}

/// A response with these header lines, each ended by CRLF.
pub fn status(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let mut reply = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
    )
    .into_bytes();
    reply.extend_from_slice(body);
    reply
}

pub fn http() -> HttpClient {
    HttpClient::new().unwrap()
}
