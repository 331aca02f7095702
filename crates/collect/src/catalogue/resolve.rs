//! Declarations against the API model: what is not declared is derived, what does not fit is refused.

use super::columns::Columns;
use super::declaration::{BatchDeclaration, DetailDeclaration, TableDeclaration};
use super::relation;
use super::shape::{Api, column_name, names};
use super::table::{Batch, Call, Declared, Detail, List, Parent, RowRules, Source, Table};
use super::template::Template;
use sightline_model::ColumnType;
use sightline_model::path::Path;
use std::collections::{BTreeMap, BTreeSet};

/// The table that a declaration speaks of. The error is a sentence about the fault.
pub(super) fn table(file: &str, declared: TableDeclaration) -> Result<Table, String> {
    check_name(&declared.name)?;
    let mut columns = Columns::new(&declared.rename);
    let list = list(&declared, &mut columns)?;
    let batch = declared.batch.as_ref().map(|batch_of| batch(batch_of, &declared, &mut columns)).transpose()?;
    let details = declared.detail.iter().map(|d| detail(d, &mut columns)).collect::<Result<Vec<_>, _>>()?;
    let row = row_rules(&declared, &mut columns)?;
    let hidden = row.drop.iter().chain(row.tags.as_ref()).cloned().collect();
    let relations = declared
        .relation
        .iter()
        .map(|of| relation::rule(of, &columns, &row, &hidden))
        .collect::<Result<Vec<_>, _>>()?;
    let rows = Declared { list, batch, details, row };
    Ok(Table {
        name: declared.name,
        about: declared.about,
        file: file.to_owned(),
        scope: declared.scope,
        columns: columns.finish(&hidden)?,
        relations,
        source: Source::Declared(Box::new(rows)),
    })
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain && name.starts_with("aws_") {
        Ok(())
    } else {
        Err("a table's name is snake_case and begins with `aws_`".to_owned())
    }
}

fn call(api: Api, action: Option<&String>) -> Call {
    Call {
        service: api.service.key().to_owned(),
        operation: api.operation.name().to_owned(),
        action: action.cloned().unwrap_or_else(|| format!("{}:{}", api.service.signing_name(), api.operation.name())),
    }
}

fn list(declared: &TableDeclaration, columns: &mut Columns<'_>) -> Result<List, String> {
    let api = Api::find(&declared.list)?;
    let items = match &declared.items {
        Some(path) => names(path),
        None if declared.single => api.wrapper().unwrap_or_default(),
        None => api
            .paged()
            .ok_or_else(|| format!("`{}` answers no list, or several: say `items` or `single`", declared.list))?,
    };
    let mut place = api.follow(&items)?;
    if !declared.single {
        place = api.entered(place);
    }
    match (api.columns(place, &declared.rename), &declared.item) {
        (None, None) if declared.batch.is_some() => {}
        (_, _) if declared.batch.is_some() => {
            return Err("`batch` is for resources that are plain texts, which `item` need not name".to_owned());
        }
        (Some(found), None) => columns.add(&declared.list, found)?,
        (None, Some(item)) => columns.add_shaped(&declared.list, item, api.column_type(place), api.origin(place))?,
        (Some(_), Some(_)) => {
            return Err("`item` is for resources that are plain texts; these are structures".to_owned());
        }
        (None, None) => return Err("the resources are plain texts: name their column with `item`".to_owned()),
    }
    let parent = parent(declared, columns)?;
    for name in &declared.echo {
        columns.add_one("echo", &column_name(name, &declared.rename), ColumnType::Text)?;
    }
    let bound: BTreeSet<&str> = parent.iter().flat_map(|parent| parent.bind.keys()).map(String::as_str).collect();
    check_inputs(api, &declared.list, &|name| {
        bound.contains(name) || declared.inputs.iter().all(|set| set.contains_key(name))
    })?;
    let given = declared.inputs.iter().flat_map(|set| set.keys()).chain(&declared.echo).map(String::as_str);
    known_inputs(api, &declared.list, given.chain(bound.iter().copied()))?;
    Ok(List {
        call: call(api, declared.action.as_ref()),
        inputs: declared.inputs.clone(),
        echo: declared.echo.clone(),
        parent,
        items,
        single: declared.single,
        newest: declared.newest,
        item: declared.item.clone(),
        absent: declared.absent.iter().cloned().collect(),
        absent_row: declared.absent_row,
        unsupported: declared.unsupported.iter().cloned().collect(),
    })
}

/// The columns of a table whose list brings names alone come from here.
fn batch(batch: &BatchDeclaration, declared: &TableDeclaration, columns: &mut Columns<'_>) -> Result<Batch, String> {
    let api = Api::find(&batch.op)?;
    let items = names(&batch.items);
    let found = api.columns(api.entered(api.follow(&items)?), &declared.rename);
    columns
        .add(&batch.op, found.ok_or_else(|| format!("`{}` answers no structures in `{}`", batch.op, batch.items))?)?;
    known_inputs(api, &batch.op, batch.input.keys().chain([&batch.names]).map(String::as_str))?;
    let shared: BTreeSet<String> = declared.bind.keys().filter(|name| api.has_input(name)).cloned().collect();
    check_inputs(api, &batch.op, &|name| {
        name == batch.names || shared.contains(name) || batch.input.contains_key(name)
    })?;
    Ok(Batch {
        call: call(api, batch.action.as_ref()),
        names: batch.names.clone(),
        size: batch.size,
        input: batch.input.clone(),
        shared,
        items,
    })
}

fn parent(declared: &TableDeclaration, columns: &mut Columns<'_>) -> Result<Option<Parent>, String> {
    let Some(table) = &declared.parent else {
        let stray = !declared.bind.is_empty() || !declared.carry.is_empty();
        return if stray { Err("`bind` and `carry` need a `parent`".to_owned()) } else { Ok(None) };
    };
    if declared.bind.is_empty() {
        return Err(format!("nothing of `{table}` is bound: every row of it would be asked the same"));
    }
    for name in declared.bind.keys() {
        columns.add_one("bind", &column_name(name, &declared.rename), ColumnType::Text)?;
    }
    for name in declared.carry.keys() {
        columns.add_one("carry", name, ColumnType::Text)?;
    }
    Ok(Some(Parent { table: table.clone(), bind: declared.bind.clone(), carry: declared.carry.clone() }))
}

fn detail(declared: &DetailDeclaration, columns: &mut Columns<'_>) -> Result<Detail, String> {
    let api = Api::find(&declared.op)?;
    let bind = bindings(api, declared, columns)?;
    let paged = api.operation.paginator().is_some();
    let pick = match &declared.pick {
        Some(path) => names(path),
        None if paged => api.paged().unwrap_or_default(),
        None => api.wrapper().unwrap_or_default(),
    };
    let place = api.follow(&pick)?;
    match (&declared.into, api.columns(place, columns.rename())) {
        (Some(column), _) => columns.add_shaped(&declared.op, column, api.column_type(place), api.origin(place))?,
        (None, Some(found)) => columns.add(&declared.op, found)?,
        (None, None) => {
            return Err(format!("what `{}` answers is no structure: name its column with `into`", declared.op));
        }
    }
    columns.known(declared.when.keys())?;
    if declared.once && paged {
        return Err(format!("`{}` answers in pages, which rows cannot share", declared.op));
    }
    Ok(Detail {
        call: call(api, declared.action.as_ref()),
        bind,
        input: declared.input.clone(),
        pick,
        into: declared.into.clone(),
        values: declared.values.clone(),
        when: declared.when.clone(),
        once: declared.once,
        absent: declared.absent.iter().cloned().collect(),
        unsupported: declared.unsupported.iter().cloned().collect(),
    })
}

fn bindings(api: Api, declared: &DetailDeclaration, columns: &Columns<'_>) -> Result<BTreeMap<String, String>, String> {
    let mut bind = declared.bind.clone();
    for member in api.inputs().iter().filter(|member| member.required() && !declared.input.contains_key(member.name()))
    {
        bind.entry(member.name().to_owned()).or_insert_with(|| column_name(member.name(), columns.rename()));
    }
    if bind.is_empty() {
        return Err(format!("`{}` takes nothing of the row: it would be asked the same for each", declared.op));
    }
    known_inputs(api, &declared.op, bind.keys().chain(declared.input.keys()).map(String::as_str))?;
    columns.known(bind.values()).map_err(|fault| format!("`{}` cannot be bound: {fault}", declared.op))?;
    Ok(bind)
}

fn check_inputs(api: Api, operation: &str, given: &dyn Fn(&str) -> bool) -> Result<(), String> {
    match api.inputs().iter().find(|member| member.required() && !given(member.name())) {
        Some(member) => Err(format!("`{operation}` needs `{}`: give it in `inputs` or `bind`", member.name())),
        None => Ok(()),
    }
}

fn known_inputs<'n>(api: Api, operation: &str, mut given: impl Iterator<Item = &'n str>) -> Result<(), String> {
    match given.find(|name| !api.has_input(name)) {
        Some(name) => Err(format!("`{operation}` has no input `{name}`")),
        None => Ok(()),
    }
}

fn row_rules(declared: &TableDeclaration, columns: &mut Columns<'_>) -> Result<RowRules, String> {
    let json = paths(&declared.json)?;
    let redact = paths(&declared.redact)?;
    columns.known(json.iter().chain(&redact).map(Path::column))?;
    json.iter().filter(|path| path.is_column()).for_each(|path| columns.retype(path.column(), ColumnType::Json));
    let mut derived = BTreeMap::new();
    for (column, text) in &declared.derived {
        let path = Path::parse(text).map_err(|fault| fault.to_string())?;
        columns.known([path.column()])?;
        columns.add_one("derived", column, ColumnType::Json)?;
        derived.insert(column.clone(), path);
    }
    let drop: BTreeSet<String> = declared.drop.iter().map(|member| column_name(member, &declared.rename)).collect();
    columns.known(&drop)?;
    columns.known(declared.skip.keys().chain(&declared.region))?;
    let arn = templates(declared, columns)?;
    let title = declared.title.as_deref().map(Template::parse).transpose()?;
    if let Some(title) = &title {
        columns.known_or_standard(title.columns())?;
        // INVARIANT: what is redacted shows nowhere else.
        let secret = |path: &&Path| path.is_column() && title.columns().contains(path.column());
        if let Some(path) = redact.iter().find(secret) {
            return Err(format!("the title would show `{}`, which is redacted", path.column()));
        }
    }
    let tags = ["tags", "tag_set", "tag_list"].into_iter().find(|name| columns.has(name)).map(str::to_owned);
    Ok(RowRules {
        arn,
        title,
        region: declared.region.clone(),
        unique: declared.unique,
        skip: declared.skip.clone(),
        rename: declared.rename.clone(),
        drop,
        json,
        derived,
        redact,
        tags,
    })
}

fn templates(declared: &TableDeclaration, columns: &Columns<'_>) -> Result<Vec<Template>, String> {
    let templates = declared.arn.as_slice().iter().map(|text| Template::parse(text)).collect::<Result<Vec<_>, _>>()?;
    for template in &templates {
        columns.known_or_standard(template.columns())?;
    }
    Ok(templates)
}

fn paths(texts: &[String]) -> Result<Vec<Path>, String> {
    texts.iter().map(|text| Path::parse(text).map_err(|fault| fault.to_string())).collect()
}
