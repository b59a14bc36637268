//! The served files, packed, and the table that finds them.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write as _,
    path::Path,
};

use super::guide::BASE;
use flate2::{Compression, write::GzEncoder};

#[derive(Debug, Default)]
pub(crate) struct Site(Vec<File>);

#[derive(Debug)]
struct File {
    path: String,
    media_type: &'static str,
    hash: String,
    /// True when its path contains the hash of its content.
    immutable: bool,
    /// True when it contains the base URL of the deployment.
    names_base: bool,
    packed: Vec<u8>,
}

impl Site {
    /// Adds a page at a stable path.
    pub(crate) fn page(
        &mut self,
        path: &str,
        media_type: &'static str,
        content: &str,
    ) -> Result<(), Box<dyn Error>> {
        let packed = pack(content.as_bytes())?;
        self.0.push(File {
            path: path.to_owned(),
            media_type,
            hash: hash(&packed),
            immutable: false,
            names_base: content.contains(BASE),
            packed,
        });
        Ok(())
    }

    /// Adds a file of `assets` at a path with its hash, and returns that path. A large file is
    /// stored packed.
    pub(crate) fn asset(
        &mut self,
        name: &str,
        media_type: &'static str,
    ) -> Result<String, Box<dyn Error>> {
        let file = Path::new("assets").join(name);
        let packed = if file.exists() {
            pack(&fs::read(file)?)?
        } else {
            fs::read(format!("assets/{name}.gz"))?
        };
        let (stem, extension) = name.rsplit_once('.').ok_or("an asset has no extension")?;
        let hash = hash(&packed);
        let path = format!("/docs/assets/{stem}.{hash}.{extension}");
        self.0.push(File {
            path: path.clone(),
            media_type,
            hash,
            immutable: true,
            names_base: false,
            packed,
        });
        Ok(path)
    }

    /// Writes the files and the table that includes them.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Box<dyn Error>> {
        let mut table = String::from("&[\n");
        for (index, file) in self.0.iter().enumerate() {
            fs::write(folder.join(format!("{index}.gz")), &file.packed)?;
            let File { path, media_type, hash, immutable, names_base, packed: _ } = file;
            writeln!(
                table,
                "Page {{ path: {path:?}, media_type: {media_type:?}, etag: {:?}, \
                 immutable: {immutable}, names_base: {names_base}, \
                 packed: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{index}.gz\")) }},",
                format!("W/\"{hash}\""),
            )?;
        }
        fs::write(folder.join("pages.rs"), table + "]\n")?;
        Ok(())
    }
}

/// Not for security: the hash changes with the content, and is the same in every build.
fn hash(content: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn pack(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}
