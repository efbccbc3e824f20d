//! One symbol as QGIS writes it (QML 3) and as the OGC does (SLD 1.0). The texts come from
//! constants of the program, so nothing in them needs escaping.

/// A simple symbol. Colours are `#rrggbb`, sizes millimetres on screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Symbol {
    /// A point.
    Marker {
        /// QGIS's name of the shape.
        shape: &'static str,
        /// Its fill.
        colour: &'static str,
        /// Its size.
        size_mm: f64,
    },
    /// A line.
    Line {
        /// Its colour.
        colour: &'static str,
        /// Its width.
        width_mm: f64,
    },
    /// An area.
    Area {
        /// Colour of its outline.
        outline: &'static str,
        /// Width of its outline.
        width_mm: f64,
        /// Its fill; none: see-through.
        fill: Option<&'static str>,
    },
}

/// The QML document of a symbol, with labels from a column where one is given.
pub fn qml(symbol: &Symbol, label: Option<&str>) -> String {
    let (kind, class, properties) = match symbol {
        Symbol::Marker {
            shape,
            colour,
            size_mm,
        } => (
            "marker",
            "SimpleMarker",
            vec![
                ("name", (*shape).to_owned()),
                ("color", rgba(colour)),
                ("outline_color", rgba("#ffffff")),
                ("outline_width", "0.2".into()),
                ("outline_width_unit", "MM".into()),
                ("size", size_mm.to_string()),
                ("size_unit", "MM".into()),
            ],
        ),
        Symbol::Line { colour, width_mm } => (
            "line",
            "SimpleLine",
            vec![
                ("line_color", rgba(colour)),
                ("line_width", width_mm.to_string()),
                ("line_width_unit", "MM".into()),
                ("capstyle", "round".into()),
                ("joinstyle", "round".into()),
            ],
        ),
        Symbol::Area {
            outline,
            width_mm,
            fill,
        } => (
            "fill",
            "SimpleFill",
            vec![
                ("color", rgba(fill.unwrap_or("#ffffff"))),
                ("style", if fill.is_some() { "solid" } else { "no" }.into()),
                ("outline_color", rgba(outline)),
                ("outline_style", "solid".into()),
                ("outline_width", width_mm.to_string()),
                ("outline_width_unit", "MM".into()),
            ],
        ),
    };
    let properties: String = properties
        .iter()
        .map(|(key, value)| format!("<prop k=\"{key}\" v=\"{value}\"/>"))
        .collect();
    format!(
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n\
         <qgis version=\"3.16.0\" styleCategories=\"Symbology|Labeling\" labelsEnabled=\"{}\">\
         <renderer-v2 type=\"singleSymbol\" symbollevels=\"0\" enableorderby=\"0\" forceraster=\"0\">\
         <symbols><symbol type=\"{kind}\" name=\"0\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\">\
         <layer class=\"{class}\" enabled=\"1\" locked=\"0\" pass=\"0\">{properties}</layer>\
         </symbol></symbols></renderer-v2>{}</qgis>\n",
        u8::from(label.is_some()),
        label.map(labeling).unwrap_or_default(),
    )
}

/// The SLD document of a layer's symbol.
pub fn sld(layer: &str, symbol: &Symbol) -> String {
    let symbolizer = match symbol {
        Symbol::Marker {
            shape,
            colour,
            size_mm,
        } => format!(
            "<PointSymbolizer><Graphic><Mark><WellKnownName>{}</WellKnownName>{}</Mark>\
             <Size>{}</Size></Graphic></PointSymbolizer>",
            well_known(shape),
            sld_fill(colour),
            pixels(*size_mm),
        ),
        Symbol::Line { colour, width_mm } => {
            format!(
                "<LineSymbolizer>{}</LineSymbolizer>",
                sld_stroke(colour, *width_mm)
            )
        }
        Symbol::Area {
            outline,
            width_mm,
            fill,
        } => format!(
            "<PolygonSymbolizer>{}{}</PolygonSymbolizer>",
            fill.map(sld_fill).unwrap_or_default(),
            sld_stroke(outline, *width_mm),
        ),
    };
    format!(
        "<StyledLayerDescriptor version=\"1.0.0\" xmlns=\"http://www.opengis.net/sld\">\
         <NamedLayer><Name>{layer}</Name><UserStyle><FeatureTypeStyle><Rule>{symbolizer}</Rule>\
         </FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>\n"
    )
}

fn labeling(column: &str) -> String {
    format!(
        "<labeling type=\"simple\"><settings><text-style fieldName=\"{column}\" isExpression=\"0\" \
         fontSize=\"9\" fontSizeUnit=\"Point\" textColor=\"17,24,39,255\">\
         <text-buffer bufferDraw=\"1\" bufferSize=\"0.8\" bufferSizeUnits=\"MM\" \
         bufferColor=\"255,255,255,255\"/></text-style></settings></labeling>"
    )
}

/// `#rrggbb` as QGIS writes it: `r,g,b,255`.
fn rgba(colour: &str) -> String {
    let part = |from: usize| {
        colour
            .get(from..from + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .unwrap_or(0)
    };
    format!("{},{},{},255", part(1), part(3), part(5))
}

fn sld_fill(colour: &str) -> String {
    format!("<Fill><CssParameter name=\"fill\">{colour}</CssParameter></Fill>")
}

fn sld_stroke(colour: &str, width_mm: f64) -> String {
    format!(
        "<Stroke><CssParameter name=\"stroke\">{colour}</CssParameter>\
         <CssParameter name=\"stroke-width\">{}</CssParameter></Stroke>",
        pixels(width_mm)
    )
}

/// SLD counts pixels of 0.28 mm.
fn pixels(millimetres: f64) -> f64 {
    (millimetres / 0.28 * 10.0).round() / 10.0
}

/// The nearest of the six shapes that SLD knows.
fn well_known(shape: &str) -> &'static str {
    match shape {
        "square" | "half_square" | "diamond" => "square",
        "triangle" | "arrowhead_filled" => "triangle",
        "star" | "pentagon" => "star",
        "cross2" => "x",
        _ => "circle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_name_shape_colour_and_label() {
        let symbol = Symbol::Marker {
            shape: "pentagon",
            colour: "#b45309",
            size_mm: 4.0,
        };
        let text = qml(&symbol, Some("name"));
        assert!(text.contains(r#"<prop k="name" v="pentagon"/>"#), "{text}");
        assert!(
            text.contains(r#"<prop k="color" v="180,83,9,255"/>"#),
            "{text}"
        );
        assert!(text.contains(r#"fieldName="name""#), "{text}");
        assert!(text.contains(r#"labelsEnabled="1""#), "{text}");
        assert!(sld("posts", &symbol).contains("<Size>14.3</Size>"));
    }
}
