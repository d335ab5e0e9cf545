//! Screenshots of every page and state, phone and laptop, light and dark, for people to review.

use std::{fs, path::Path};

use crate::{
    host,
    sh::{Done, run, say, target},
    web,
};

/// Takes the screenshots and writes a page that shows all of them.
pub(crate) fn take() -> Done {
    web::build()?;
    let host = host::start_for_test()?;
    let folder = target().join("shots");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let taken = run(web::npm(["run", "--silent", "shots"])
        .env("BASE_URL", &host.url)
        .env("ADMIN_LINK", &host.admin_link)
        .env("SHOTS", &folder));
    let sheet = write_sheet(&folder)?;
    say(&format!("open {sheet}"));
    taken
}

fn write_sheet(folder: &Path) -> Done<String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut names: Vec<String> = fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".png"))
        .collect();
    names.sort();
    let pictures: String = names
        .iter()
        .map(|name| format!("<figure><img src=\"{name}\" loading=\"lazy\"><figcaption>{name}</figcaption></figure>\n"))
        .collect();
    let page = format!(
        "<!doctype html><title>Pages and states</title><style>body{{display:flex;flex-wrap:wrap;gap:1rem;\
         font:14px sans-serif}}figure{{margin:0}}img{{height:24rem;border:1px solid #999}}</style>\n{pictures}"
    );
    let sheet = folder.join("index.html");
    fs::write(&sheet, page).map_err(failed)?;
    Ok(sheet.display().to_string())
}
