//! What can be imported, and which columns each layer knows, with the names they go by
//! in English and Chinese files.

use crate::exchange::import::field::Field::{
    At, Category, Clock, CommercialDistrict, Hours, Id, Kind, Lat, Lon, Name, Origin, Priority,
    State, Station, Status, Synthetic, Tier, Until, View, VisitEvery,
};

/// A layer of a workspace that a table can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// 警情.
    Incidents,
    /// 警务区.
    Beats,
    /// 派出所.
    Stations,
    /// 巡区.
    Zones,
    /// 警务岗.
    Posts,
    /// 联勤岗.
    JointDutyPosts,
    /// 商圈.
    CommercialDistricts,
    /// 一键报警柱.
    Pillars,
    /// 监控点位.
    Cameras,
    /// 场所.
    Places,
    /// 处警单元.
    Units,
    /// 辖区.
    Boundary,
}

/// A column with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// The source's id.
    Id,
    /// Name of a place, call sign of a unit.
    Name,
    /// Time or earliest time.
    At,
    /// Latest time.
    Until,
    /// Time of day, where the date stands alone.
    Clock,
    /// Longitude or easting.
    Lon,
    /// Latitude or northing.
    Lat,
    /// Category of an incident.
    Category,
    /// 1, 2, 3.
    Priority,
    /// Who reported it.
    Origin,
    /// State of a call or a pillar.
    State,
    /// Kind of a place or a unit.
    Kind,
    /// Tier of a place.
    Tier,
    /// Station a beat or unit belongs to.
    Station,
    /// When a post is manned.
    Hours,
    /// How far a camera sees, metres.
    View,
    /// Commercial district of a joint-duty post.
    CommercialDistrict,
    /// How often a patrol must come by: minutes, or seconds where the header says so.
    VisitEvery,
    /// What a unit does.
    Status,
    /// Whether the row is made up.
    Synthetic,
}

impl Layer {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Incidents,
        Self::Beats,
        Self::Stations,
        Self::Zones,
        Self::Posts,
        Self::JointDutyPosts,
        Self::CommercialDistricts,
        Self::Pillars,
        Self::Cameras,
        Self::Places,
        Self::Units,
        Self::Boundary,
    ];

    /// Its fields, those that must not lose their column to another first.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Incidents => &[
                Id, Lon, Lat, At, Until, Clock, Category, Priority, Origin, State, Synthetic,
            ],
            Self::Beats => &[Id, Name, Station, Synthetic],
            Self::Stations => &[Id, Name, Lon, Lat, Synthetic],
            Self::Zones | Self::CommercialDistricts => &[Id, Name, Synthetic],
            Self::Posts => &[Id, Name, Lon, Lat, Hours, Synthetic],
            Self::JointDutyPosts => &[
                Id,
                Name,
                Lon,
                Lat,
                CommercialDistrict,
                VisitEvery,
                Synthetic,
            ],
            Self::Pillars => &[Id, Name, Lon, Lat, State, Synthetic],
            Self::Cameras => &[Id, Name, Lon, Lat, View, Synthetic],
            Self::Places => &[Id, Name, Lon, Lat, Kind, Tier, Synthetic],
            Self::Units => &[Id, Name, Lon, Lat, Kind, Station, Status, Synthetic],
            Self::Boundary => &[Name, Synthetic],
        }
    }

    /// Whether its rows are polygons.
    pub fn is_areas(self) -> bool {
        matches!(
            self,
            Self::Beats | Self::Zones | Self::CommercialDistricts | Self::Boundary
        )
    }

    /// As on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Beats => "beats",
            Self::Stations => "stations",
            Self::Zones => "zones",
            Self::Posts => "posts",
            Self::JointDutyPosts => "joint-duty-posts",
            Self::CommercialDistricts => "commercial-districts",
            Self::Pillars => "pillars",
            Self::Cameras => "cameras",
            Self::Places => "places",
            Self::Units => "units",
            Self::Boundary => "boundary",
        }
    }
}

impl Field {
    /// As on the command line (`--map at=…`).
    pub fn word(self) -> &'static str {
        match self {
            Id => "id",
            Name => "name",
            At => "at",
            Until => "until",
            Clock => "clock",
            Lon => "lon",
            Lat => "lat",
            Category => "category",
            Priority => "priority",
            Origin => "origin",
            State => "state",
            Kind => "kind",
            Tier => "tier",
            Station => "station",
            Hours => "hours",
            View => "view",
            CommercialDistrict => "commercial_district",
            VisitEvery => "visit_every",
            Status => "status",
            Synthetic => "synthetic",
        }
    }

    /// The field of a layer that a word of the command line means.
    pub fn of_word(layer: Layer, word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase().replace('-', "_");
        let word = match word.as_str() {
            "x" | "longitude" | "easting" => "lon",
            "y" | "latitude" | "northing" => "lat",
            "call_sign" => "name",
            "source_id" => "id",
            "from" | "time" | "occurred_at" => "at",
            "to" => "until",
            other => other,
        };
        let fields = layer.fields();
        fields.iter().copied().find(|field| field.word() == word)
    }

    /// The plain names it goes by in a layer's files, best first.
    pub fn synonyms(self, layer: Layer) -> Vec<&'static str> {
        let own: &[&str] = match (self, layer) {
            (Id, Layer::Incidents) => INCIDENT_IDS,
            (Id, Layer::Beats) => &["beatid", "beatcode", "警务区编号", "警务区代码"],
            (Id, Layer::Units) => &["unitid", "单元编号", "警组编号"],
            (Name, Layer::Beats) => &["beat", "beatname", "警务区", "警务区名称", "社区"],
            (Name, Layer::Stations) => &["station", "stationname", "派出所", "派出所名称"],
            (Name, Layer::Zones) => &["zone", "zonename", "巡区", "巡区名称"],
            (Name, Layer::CommercialDistricts) => &["商圈", "商圈名称"],
            (Name, Layer::Units) => CALL_SIGNS,
            (Name, Layer::Cameras) => &["点位", "点位名称", "监控点位"],
            (Name, Layer::Places) => &["place", "场所", "场所名称"],
            (Name, Layer::Posts | Layer::JointDutyPosts) => {
                &["post", "岗位", "岗位名称", "警务岗", "联勤岗"]
            }
            (Kind, Layer::Places) => &[
                "placekind",
                "kind",
                "category",
                "场所类型",
                "场所类别",
                "类别",
            ],
            (State, Layer::Incidents) => &["callstate", "处警状态", "警情状态", "处理状态"],
            _ => &[],
        };
        let shared: &[&str] = match (self, layer) {
            // A row number of some export is no id of an incident: it changes each time.
            (Id, Layer::Incidents) => &["id"],
            (Id, _) => &["id", "code", "编号", "代码", "objectid", "fid", "gid"],
            // What is called a name beside a unit is somebody's.
            (Name, Layer::Units) => &[],
            (Name, _) => &[
                "name", "名称", "nameen", "namezh", "title", "label", "district",
            ],
            (At, _) => TIMES,
            (Until, _) => UNTILS,
            (Clock, _) => &[
                "time",
                "occtime",
                "occurtime",
                "timeocc",
                "timeoccurred",
                "时刻",
            ],
            (Lon, _) => LONGITUDES,
            (Lat, _) => LATITUDES,
            (Category, _) => CATEGORIES,
            (Priority, _) => &["priority", "优先级", "警情等级", "警情级别", "等级", "级别"],
            (Origin, _) => &[
                "origin",
                "source",
                "来源",
                "警情来源",
                "报警方式",
                "接警方式",
            ],
            (State, _) => &["state", "status", "状态", "设备状态"],
            (Kind, _) => &["unitkind", "kind", "type", "类型", "种类"],
            (Tier, _) => &["tier", "码", "赋码", "蓝绿黄码", "颜色", "等级"],
            (Station, _) => &["station", "stationid", "派出所", "所属派出所", "precinct"],
            (Hours, _) => &["hours", "openinghours", "值守时间", "执勤时间", "时段"],
            (View, _) => &[
                "view",
                "viewm",
                "range",
                "radius",
                "可视距离",
                "视距",
                "覆盖半径",
            ],
            // A Shapefile has ten characters for a name: `commercial`, `visit_ever`.
            (CommercialDistrict, _) => &["commercialdistrict", "commercial", "商圈", "所属商圈"],
            (VisitEvery, _) => &[
                "visitevery",
                "visiteveryminutes",
                "visiteverys",
                "visitever",
                "巡逻间隔",
                "巡访间隔",
            ],
            (Status, _) => &["status", "state", "状态", "勤务状态"],
            (Synthetic, _) => &["synthetic", "模拟数据"],
        };
        own.iter().chain(shared).copied().collect()
    }
}

const INCIDENT_IDS: &[&str] = &[
    "incidentid",
    "incidentno",
    "incidentnumber",
    "incidentnum",
    "sourceid",
    "eventid",
    "eventno",
    "eventnumber",
    "callid",
    "callno",
    "callnumber",
    "casenumber",
    "caseno",
    "caseid",
    "reportnumber",
    "reportno",
    "cadnumber",
    "警情编号",
    "接警编号",
    "接警单编号",
    "接警单号",
    "报警编号",
    "报警单号",
    "案件编号",
    "事件编号",
    "警单编号",
    "编号",
];

const CALL_SIGNS: &[&str] = &[
    "callsign",
    "unitcallsign",
    "radiocallsign",
    "unit",
    "unitno",
    "unitnumber",
    "呼号",
    "电台呼号",
    "警组",
    "警组呼号",
    "车组",
    "车组呼号",
    "巡组",
    "巡逻组",
    "处警单元",
];

const TIMES: &[&str] = &[
    "occurredat",
    "occurred",
    "occurredfrom",
    "occdatetime",
    "occdate",
    "occurdate",
    "occurtime",
    "occurredon",
    "occurreddate",
    "occurrencedate",
    "occurrencetime",
    "dateocc",
    "dateoccurred",
    "datetimeoccurred",
    "incidentdatetime",
    "incidentdate",
    "incidenttime",
    "offensedate",
    "fromdatetime",
    "fromdate",
    "datefrom",
    "from",
    "startdatetime",
    "startdate",
    "starttime",
    "eventtime",
    "eventdate",
    "calldatetime",
    "calldate",
    "calltime",
    "reportedat",
    "reportdatetime",
    "reporteddate",
    "reportdate",
    "datereported",
    "datetime",
    "timestamp",
    "at",
    "date",
    "time",
    "发生时间",
    "案发时间",
    "事发时间",
    "发案时间",
    "发生开始时间",
    "开始时间",
    "发生日期",
    "案发日期",
    "报警时间",
    "接警时间",
    "报警日期",
    "接警日期",
    "日期时间",
    "时间",
    "日期",
];

const UNTILS: &[&str] = &[
    "until",
    "occurreduntil",
    "occurredto",
    "todatetime",
    "todate",
    "dateto",
    "to",
    "enddatetime",
    "enddate",
    "endtime",
    "end",
    "发生结束时间",
    "截止时间",
    "结束时间",
    "发现时间",
];

const LONGITUDES: &[&str] = &[
    "lon",
    "lng",
    "long",
    "longitude",
    "经度",
    "地点经度",
    "案发经度",
    "警情经度",
    "x",
    "xcoord",
    "xcoordina",
    "xcoordinate",
    "coordx",
    "pointx",
    "easting",
    "x坐标",
    "坐标x",
    "横坐标",
];

const LATITUDES: &[&str] = &[
    "lat",
    "latitude",
    "纬度",
    "地点纬度",
    "案发纬度",
    "警情纬度",
    "y",
    "ycoord",
    "ycoordina",
    "ycoordinate",
    "coordy",
    "pointy",
    "northing",
    "y坐标",
    "坐标y",
    "纵坐标",
];

const CATEGORIES: &[&str] = &[
    "category",
    "categorycode",
    "incidentcategory",
    "offense",
    "offence",
    "offensetype",
    "crime",
    "crimetype",
    "primarytype",
    "incidenttype",
    "calltype",
    "casedesc",
    "callgroup",
    "callgrouptype",
    "type",
    "警情类别",
    "警情类型",
    "警情性质",
    "报警类别",
    "报警类型",
    "案件类别",
    "案件类型",
    "案由",
    "类别",
    "类型",
];
