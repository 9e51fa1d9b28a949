// What a front end does with the API: list, open, search, write. The types come from the OpenAPI document alone.
import createClient from "openapi-fetch";

import type { components, paths } from "./api";

type Schemas = components["schemas"];
type Language = { lang: string; original: boolean; translation?: "human" | "machine" | null };

const archive = createClient<paths>({ baseUrl: "https://archive.example/api/v1" });

/** All events with a partner since a year, page by page. */
export async function* eventsWith(partner: string, since: number): AsyncGenerator<Schemas["EventCard"]> {
  let cursor = "";
  do {
    const { data, error } = await archive.GET("/events/", {
      params: { query: { partner: [partner], from: String(since), status: ["held"], order: "date", limit: 100, cursor } },
    });
    if (error) throw problem(error);
    yield* data.items;
    cursor = data.next ?? "";
  } while (cursor);
}

/** One event in a language, with the AVIF files of its first photo as a `srcset`. */
export async function openEvent(id: string, lang: string): Promise<{ heading: string; srcset: string; text: string[] }> {
  const { data: event, error, response } = await archive.GET("/events/{event_id}/", {
    params: { path: { event_id: id }, query: { lang } },
  });
  if (error) throw response.status === 404 ? new Error("There is no such event.") : problem(error);
  const files = event.photos[0]?.sources.filter((file) => file.type === "image/avif") ?? [];
  return {
    heading: `${event.title} (${languageOf(event)}), ${event.start ?? "?"}`,
    srcset: files.map((file) => `${file.url} ${file.width}w`).join(", "),
    text: event.text.flatMap((block) => (block.type === "text" ? [block.html] : [])),
  };
}

/** How many records hold the words, in all and by year. */
export async function search(words: string): Promise<{ count: number; years: Map<string, number> }> {
  const { data, error } = await archive.GET("/archive/", {
    params: { query: { q: words, lang: "km", facets: ["year"], type: ["event", "exchange"] } },
  });
  if (error) throw problem(error);
  const years = data.facets["year"] ?? [];
  return { count: data.count, years: new Map(years.map(({ value, count }) => [value, count])) };
}

/** A draft with one venue; the number of its revision is needed to change or publish it. */
export async function writeDraft(title: string, token: string): Promise<{ id: string; revision: string }> {
  const { data, error } = await archive.POST("/events/", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    headers: { Authorization: `Bearer ${token}` },
    body: { title, start: "2026-05", precision: "month", venues: [{ role: "main", place: "VN-44", attendance: 250 }] },
  });
  if (error) throw problem(error);
  return { id: data.id, revision: data.revision };
}

function languageOf(text: Language): string {
  if (text.original) return text.lang;
  return `${text.lang}, ${text.translation === "machine" ? "translated by a machine" : "translated"}`;
}

function problem(document: Schemas["ProblemDetail"]): Error {
  return new Error(`${document.status}: ${document.detail ?? document.title}`);
}
