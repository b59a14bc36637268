//! PostgREST below `/rest/v1`, as hosted Supabase serves it.
//!
//! The local stack's gateway is written for convenience and takes longer than PostgREST itself:
//! it would hide the time that a function adds.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Starts a relay to PostgREST at `url` and returns its base URL.
pub(crate) async fn start(url: &str) -> io::Result<String> {
    let upstream = url.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(relay(client, upstream.clone()));
        }
    });
    Ok(url)
}

/// One connection, until either side closes it.
async fn relay(client: TcpStream, upstream: String) -> io::Result<()> {
    let server = TcpStream::connect(upstream).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::select! {
        done = requests(&mut from_client, &mut to_server) => done,
        done = tokio::io::copy(&mut from_server, &mut to_client) => done.map(|_| ()),
    }
}

/// Every read is one request: reads have no body, and the next one waits for the response.
async fn requests(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
) -> io::Result<()> {
    const PREFIX: &[u8] = b" /rest/v1/";
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        let request = &buffer[..length];
        match request.windows(PREFIX.len()).position(|window| window == PREFIX) {
            _ if length == 0 => return Ok(()),
            Some(at) => {
                let (method, rest) = request.split_at(at);
                to.write_all(&[method, b" /", &rest[PREFIX.len()..]].concat()).await?;
            }
            None => to.write_all(request).await?,
        }
    }
}
