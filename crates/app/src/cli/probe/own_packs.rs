//! Arguments of every command that uses packs: the user's own beside those that ship.

use anyhow::ensure;
use clap::Args;
use sightline_probe::Pack;
use std::path::PathBuf;

/// The user's own packs.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OwnPacks {
    /// Folder with packs of your own, each a folder with a `pack.toml`; may be given several times
    #[arg(long, value_name = "FOLDER")]
    packs_dir: Vec<PathBuf>,
}

impl OwnPacks {
    /// All packs, those of these names or all of them.
    ///
    /// # Errors
    /// One of them is broken, has the name of another, or there is none of a name.
    pub(super) fn load(&self, names: &[String]) -> anyhow::Result<Vec<Pack>> {
        let mut packs = sightline_probe::packs()?;
        for folder in &self.packs_dir {
            for pack in sightline_probe::load(folder)? {
                let id = &pack.about.id;
                ensure!(
                    !packs.iter().any(|known| known.about.id == *id),
                    "two packs are named `{id}`, one of them in `{}`: rename its folder and its id",
                    folder.display()
                );
                packs.push(pack);
            }
        }
        if let Some(name) = names.iter().find(|name| !packs.iter().any(|pack| pack.about.id == **name)) {
            let known: Vec<&str> = packs.iter().map(|pack| pack.about.id.as_str()).collect();
            anyhow::bail!("no pack is named `{name}`; there are: {}", known.join(" "));
        }
        packs.retain(|pack| names.is_empty() || names.contains(&pack.about.id));
        Ok(packs)
    }
}
