// Mistakes that only the API's description can tell: the compiler has to refuse each line that says so, and no other.
import createClient from "openapi-fetch";

import type { components, paths } from "./api";

const archive = createClient<paths>({ baseUrl: "https://archive.example/api/v1" });

export async function mistakes(card: components["schemas"]["EventCard"]): Promise<void> {
  await archive.GET("/event/"); // wrong: no such address
  await archive.GET("/events/", { params: { query: { partners: ["KH-8"] } } }); // wrong: no such filter
  await archive.GET("/events/", { params: { query: { status: ["done"] } } }); // wrong: no such status
  await archive.GET("/archive/", { params: { query: { limit: "20" } } }); // wrong: a number
  await archive.POST("/events/", { body: { titel: "A round table" } }); // wrong: no such field
  await archive.POST("/events/", { body: { summary: "Without a title" } }); // wrong: the title is needed
  console.log(card.titel); // wrong: no such field
  console.log(card.start.slice(0, 4)); // wrong: nobody may know the date
  console.log(card.kind?.names["vi"]?.length, card.start?.slice(0, 4));
}
