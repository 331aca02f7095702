// The words of the API's document that pages use.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AllNews = Schemas["AllNews"];
export type AuditEntry = Schemas["AuditEntry"];
export type BlindSpot = Schemas["BlindSpot"];
export type Case = Schemas["Case"];
export type Control = Schemas["Control"];
export type Coverage = Schemas["Coverage"];
export type Edge = Schemas["EdgeSummary"];
export type Delivery = Schemas["Delivery"];
export type EdgeDetail = Schemas["EdgeDetail"];
export type EdgePath = Schemas["EdgePath"];
export type PathStep = Schemas["Step"];
export type Finding = Schemas["FindingSummary"];
export type FindingDetail = Schemas["Finding"];
export type GraphLine = Schemas["Line"];
export type GraphNode = Schemas["Node"];
export type Job = Schemas["Job"];
export type MapGraph = Schemas["Graph"];
export type Member = Schemas["Member"];
export type ModelAccess = Schemas["ModelAccess"];
export type Mute = Schemas["Mute"];
export type Notification = Schemas["Notification"];
export type Prerequisite = Schemas["PrerequisiteHelp"];
export type QueryAnswer = Schemas["QueryAnswer"];
export type Rendering = Schemas["Rendering"];
export type Role = Schemas["Role"];
export type Schedule = Schemas["Schedule"];
export type Signal = Schemas["Signal"];
export type TableSummary = Schemas["TableSummary"];
export type Token = Schemas["Token"];
export type Tri = Schemas["Tri"];
export type Work = Schemas["Work"];
