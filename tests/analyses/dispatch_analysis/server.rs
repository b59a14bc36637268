//! An n8n on this machine that gives every call the same answer.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Sends this and closes the connection.
    Bytes(Vec<u8>),
    /// Closes the connection.
    Nothing,
    /// Sends nothing and keeps the connection open.
    Silence,
}

pub struct Server {
    pub port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                seen.lock().unwrap().push(request);
                if let Answer::Bytes(bytes) = &answer {
                    stream.write_all(bytes).await.unwrap();
                }
                if matches!(answer, Answer::Silence) {
                    open.push(stream);
                }
            }
        });
        Self { port, requests }
    }

    /// Heads and bodies of the requests.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads a request with its body; whatever comes instead of one, as far as it comes.
async fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut end = None;
    while end != Some(read.len()) {
        let Ok(byte) = stream.read_u8().await else { break };
        read.push(byte);
        // The first byte of a TLS handshake.
        if read[0] == 0x16 {
            break;
        }
        if end.is_none() && read.ends_with(b"\r\n\r\n") {
            end = Some(read.len() + content_length(&read));
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_lowercase();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    length.map_or(0, |length| length.parse().unwrap())
}
