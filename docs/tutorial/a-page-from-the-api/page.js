const API = document.querySelector('meta[name="archive"]').content;
const LANGUAGES = { vi: "Tiếng Việt", km: "ភាសាខ្មែរ", en: "English" };
const FACETS = ["partner", "kind", "year"];
const AT_ONCE = 6;

const address = new URLSearchParams(location.search);
const lang = Object.hasOwn(LANGUAGES, address.get("lang")) ? address.get("lang") : "vi";
const main = document.querySelector("main");

const TEXTS = {
  vi: {
    archive: "Kho tư liệu hữu nghị",
    skip: "Đến phần nội dung",
    search: "Tìm trong kho tư liệu", go: "Tìm kiếm",
    latest: "Sự kiện mới nhất", more: "Xem thêm",
    added: (count) => `Đã thêm ${count} mục.`,
    found: (count, words) => `${words ? `“${words}”: ` : ""}${count} kết quả`,
    notFound: "Không tìm thấy ở đâu:", didYouMean: "Có phải bạn muốn tìm:",
    weaker: "ít phù hợp hơn", narrow: "Thu hẹp kết quả",
    date: "Ngày", noDate: "không ghi nhận ngày",
    partner: "Đối tác", place: "Địa danh", kind: "Loại", year: "Năm", status: "Trạng thái",
    planned: "Dự kiến", confirmed: "Đã xác nhận", held: "Đã diễn ra", postponed: "Hoãn", cancelled: "Hủy",
    languages: "Ngôn ngữ",
    missing: (asked, served) => `Chưa có bản ${asked}. Bạn đang đọc bản ${served}.`,
    original: (served) => `Bản gốc: ${served}.`,
    human: (served) => `Bản dịch: ${served}.`,
    machine: () => "Bài này do máy dịch. Chưa có ai đọc lại.",
    byMachine: "do máy dịch",
    stale: "Bản gốc đã thay đổi sau khi bài này được dịch.",
    source: "Trang này trong kho tư liệu",
    unreachable: "Không kết nối được với kho tư liệu. Hãy kiểm tra mạng.",
    gone: "Kho tư liệu không có nội dung này.",
    refused: "Kho tư liệu không hiểu yêu cầu này.",
    busy: (seconds) => `Kho tư liệu đang bận. Hãy thử lại sau ${seconds} giây.`,
    failed: "Có lỗi xảy ra. Hãy thử lại sau.",
    again: "Thử lại",
  },
  km: {
    archive: "បណ្ណសារមិត្តភាព",
    skip: "រំលងទៅខ្លឹមសារ",
    search: "ស្វែងរកក្នុងបណ្ណសារ", go: "ស្វែងរក",
    latest: "ព្រឹត្តិការណ៍ថ្មីៗ", more: "មើលបន្ថែម",
    added: (count) => `បានបន្ថែម ${count}។`,
    found: (count, words) => `${words ? `«${words}»៖ ` : ""}លទ្ធផល ${count}`,
    notFound: "រកមិនឃើញ៖", didYouMean: "តើលោកអ្នកចង់រក៖",
    weaker: "ត្រូវគ្នាមួយផ្នែក", narrow: "បង្រួមលទ្ធផល",
    date: "កាលបរិច្ឆេទ", noDate: "មិនបានកត់ត្រាកាលបរិច្ឆេទ",
    partner: "ដៃគូ", place: "ទីកន្លែង", kind: "ប្រភេទ", year: "ឆ្នាំ", status: "ស្ថានភាព",
    planned: "បានគ្រោងទុក", confirmed: "បានបញ្ជាក់", held: "បានប្រព្រឹត្តទៅ", postponed: "បានពន្យារពេល", cancelled: "បានលុបចោល",
    languages: "ភាសា",
    missing: (asked, served) => `មិនទាន់មានអត្ថបទជា ${asked} ទេ។ លោកអ្នកកំពុងអានជា ${served}។`,
    original: (served) => `អត្ថបទដើម៖ ${served}។`,
    human: (served) => `ការបកប្រែ៖ ${served}។`,
    machine: () => "អត្ថបទនេះត្រូវបានបកប្រែដោយម៉ាស៊ីន។ មិនទាន់មាននរណាម្នាក់បានអានពិនិត្យនៅឡើយទេ។",
    byMachine: "បកប្រែដោយម៉ាស៊ីន",
    stale: "អត្ថបទដើមបានផ្លាស់ប្តូរបន្ទាប់ពីការបកប្រែនេះ។",
    source: "ទំព័រនេះក្នុងបណ្ណសារ",
    unreachable: "មិនអាចភ្ជាប់ទៅបណ្ណសារបានទេ។ សូមពិនិត្យអ៊ីនធឺណិត។",
    gone: "បណ្ណសារមិនមានខ្លឹមសារនេះទេ។",
    refused: "បណ្ណសារមិនយល់សំណើនេះទេ។",
    busy: (seconds) => `បណ្ណសារកំពុងរវល់។ សូមព្យាយាមម្តងទៀតក្នុងរយៈពេល ${seconds} វិនាទី។`,
    failed: "មានបញ្ហាកើតឡើង។ សូមព្យាយាមម្តងទៀតនៅពេលក្រោយ។",
    again: "ព្យាយាមម្តងទៀត",
  },
  en: {
    archive: "Friendship archive",
    skip: "Skip to the content",
    search: "Search the archive", go: "Search",
    latest: "Latest events", more: "Show more",
    added: (count) => `${count} more.`,
    found: (count, words) => `${words ? `“${words}”: ` : ""}${count} found`,
    notFound: "Found nowhere:", didYouMean: "Did you mean:",
    weaker: "weaker match", narrow: "Narrow the results",
    date: "Date", noDate: "date not recorded",
    partner: "Partner", place: "Place", kind: "Kind", year: "Year", status: "Status",
    planned: "Planned", confirmed: "Confirmed", held: "Held", postponed: "Postponed", cancelled: "Cancelled",
    languages: "Languages",
    missing: (asked, served) => `There is no text in ${asked} yet. You are reading it in ${served}.`,
    original: (served) => `The original: ${served}.`,
    human: (served) => `A translation: ${served}.`,
    machine: () => "This text was translated by a machine. Nobody has read it over yet.",
    byMachine: "translated by a machine",
    stale: "The original has changed since this text was translated.",
    source: "This page in the archive",
    unreachable: "The archive cannot be reached. Please check your connection.",
    gone: "The archive does not have this.",
    refused: "The archive does not understand this question.",
    busy: (seconds) => `The archive is busy. Please try again in ${seconds} seconds.`,
    failed: "Something went wrong. Please try again later.",
    again: "Try again",
  },
};
const say = TEXTS[lang];

// Asking

class Trouble extends Error {
  constructor(message, { detail, again = false } = {}) {
    super(message);
    Object.assign(this, { detail, again });
  }
}

async function ask(path, parameters = {}) {
  const url = new URL(path, API);
  for (const [name, values] of Object.entries({ ...parameters, lang })) {
    for (const value of [values].flat()) url.searchParams.append(name, value);
  }
  let answer;
  try {
    answer = await fetch(url);
  } catch {
    throw new Trouble(say.unreachable, { again: true });
  }
  const content = await answer.json().catch(() => null);
  if (answer.ok && content) return content;
  throw trouble(answer, content);
}

function trouble(answer, problem) {
  const detail = problem?.detail;
  if (answer.status === 404) return new Trouble(say.gone);
  if (answer.status === 422) return new Trouble(say.refused, { detail });
  const seconds = answer.headers.get("Retry-After");
  return new Trouble(seconds ? say.busy(seconds) : say.failed, { detail, again: true });
}

async function attempt(work) {
  document.querySelector(".trouble")?.remove();
  main.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Trouble)) console.error(error);
    main.append(warning(error instanceof Trouble ? error : new Trouble(say.failed), work));
  }
  main.removeAttribute("aria-busy");
}

function warning({ message, detail, again }, work) {
  const button = element("button", { type: "button" }, say.again);
  button.addEventListener("click", () => attempt(work));
  const reason = detail && element("p", { class: "quiet", lang: "en" }, detail);
  return element("div", { class: "trouble", role: "alert" }, element("p", {}, message), reason, again && button);
}

// Text that others wrote

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter(Boolean));
  return made;
}

const MARKS = new Set(["MARK"]);
const RICH = new Set(["P", "H2", "H3", "UL", "OL", "LI", "B", "STRONG", "I", "EM", "A", "BR"]);

function rebuilt(html, allowed) {
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.data];
    const children = [...node.childNodes].flatMap(copy);
    if (!allowed.has(node.nodeName)) return children;
    return [element(node.nodeName, { href: safeAddress(node) }, children)];
  };
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.childNodes].flatMap(copy);
}

function safeAddress(node) {
  const href = node.getAttribute("href");
  const url = href && URL.parse(href, API);
  return /^https?:$/.test(url?.protocol) ? url.href : null;
}

// Names, dates, languages

function named(names) {
  const known = [lang, "vi", ...Object.keys(names)].find((each) => names[each]);
  return element("span", { lang: known }, names[known] ?? "");
}

function separated(separator, parts) {
  const there = parts.filter((part) => part && part.length !== 0);
  return there.flatMap((part, number) => [number ? separator : "", part].flat());
}

function listed(records) {
  return separated(", ", records.map(({ names }) => named(names)));
}

function dateOf({ start, end }) {
  if (!start) return say.noDate;
  const readable = (date) => date.slice(0, 10).split("-").reverse().join("/");
  const one = (date) => element("time", { datetime: date }, readable(date));
  return !end || readable(end) === readable(start) ? one(start) : element("span", {}, one(start), " – ", one(end));
}

function aboutLanguage(text) {
  const served = LANGUAGES[text.lang] ?? text.lang;
  return [
    text.fallback && say.missing(LANGUAGES[text.requested_lang], served),
    text.original ? say.original(served) : say[text.translation](served),
    text.stale && say.stale,
  ].filter(Boolean).join(" ");
}

function languageTag(text) {
  if (text.translation === "machine") return say.byMachine;
  return text.fallback ? LANGUAGES[text.lang] ?? text.lang : "";
}

// A list that goes on

async function paged(path, parameters, card) {
  const list = element("ol", { class: "cards" });
  const more = element("button", { type: "button" }, say.more);
  const load = async (cursor) => {
    const answer = await ask(path, { ...parameters, limit: AT_ONCE, cursor });
    const cards = answer.items.map(card);
    list.append(...cards);
    more.hidden = !answer.next;
    more.onclick = () => attempt(() => load(answer.next));
    if (cursor.length) {
      cards[0]?.querySelector("a").focus();
      document.querySelector("#news").textContent = say.added(cards.length);
    }
    return answer;
  };
  return { answer: await load([]), nodes: [list, more] };
}

function cardOf(record, { title, text, facts, tags }) {
  const href = record.type === "event" ? `?${new URLSearchParams({ event: record.id, lang })}` : record.url;
  return element("li", {},
    element("h2", { lang: record.lang }, element("a", { href }, title)),
    element("p", { class: "quiet" }, facts),
    text.length > 0 && element("p", { lang: record.lang }, text),
    tags.filter(Boolean).map((tag) => element("span", { class: "tag" }, tag)),
  );
}

function eventCard(event) {
  return cardOf(event, {
    title: event.title,
    text: event.summary,
    facts: separated(" · ", [dateOf(event), event.kind && named(event.kind.names), listed(event.partners)]),
    tags: [say[event.status], languageTag(event)],
  });
}

function hitCard(hit) {
  return cardOf(hit, {
    title: rebuilt(hit.title_html, MARKS),
    text: rebuilt(hit.snippet, MARKS),
    facts: separated(" · ", [(hit.start || hit.type === "event") && dateOf(hit), listed(hit.partners)]),
    tags: [hit.match === "some" && say.weaker, languageTag(hit)],
  });
}

function show(title, ...nodes) {
  document.title = `${title} – ${say.archive}`;
  main.replaceChildren(...nodes.flat().filter(Boolean));
}

async function showEvents() {
  const { nodes } = await paged("events/", {}, eventCard);
  show(say.latest, element("h1", {}, say.latest), nodes);
}

// Searching

async function showHits() {
  const words = address.get("q") ?? "";
  const chosen = Object.fromEntries(FACETS.map((name) => [name, address.getAll(name)]));
  const { answer, nodes } = await paged("archive/", { q: words, facets: FACETS, ...chosen }, hitCard);
  const title = say.found(answer.count, words);
  const other = answer.did_you_mean;
  show(title,
    element("h1", {}, title),
    answer.not_found.length > 0 && element("p", {}, `${say.notFound} ${answer.not_found.join(", ")}`),
    other && element("p", {}, say.didYouMean, " ", element("a", { href: withChange("q", other) }, other)),
    facets(answer.facets),
    nodes,
  );
}

function facets(counted) {
  const wide = matchMedia("(min-width: 48rem)").matches;
  const groups = FACETS.filter((name) => counted[name]?.length).map((name) =>
    element("section", {}, element("h2", {}, say[name]), element("ul", {}, counted[name].slice(0, 8).map((each) => {
      const current = each.selected ? "true" : "";
      const label = `${each.label} (${each.count})`;
      return element("li", {}, element("a", { href: toggled(name, each.value), "aria-current": current }, label));
    }))));
  return groups.length > 0 && element("details", { open: wide && "open" }, element("summary", {}, say.narrow), groups);
}

function withChange(name, value) {
  const changed = new URLSearchParams(address);
  changed.set(name, value);
  return `?${changed}`;
}

function toggled(name, value) {
  const changed = new URLSearchParams(address);
  const others = changed.getAll(name).filter((each) => each !== value);
  if (others.length === changed.getAll(name).length) others.push(value);
  changed.delete(name);
  for (const each of others) changed.append(name, each);
  return `?${changed}`;
}

// One event

async function showEvent() {
  const event = await ask(`events/${encodeURIComponent(address.get("event"))}/`);
  const facts = [
    [say.date, dateOf(event)],
    [say.status, say[event.status]],
    [say.kind, event.kind && named(event.kind.names)],
    [say.partner, listed(event.partners)],
    [say.place, listed(event.places)],
    [say.languages, event.translations.map((each) => LANGUAGES[each.lang] ?? each.lang).join(", ")],
  ].filter(([, value]) => value && value.length !== 0);
  show(event.title,
    element("h1", { lang: event.lang }, event.title),
    element("p", { class: "note" }, aboutLanguage(event)),
    element("dl", {}, facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)))),
    element("article", { lang: event.lang },
      event.summary && element("p", { class: "lead" }, event.summary),
      event.photos.slice(0, 1).map(figure),
      event.text.flatMap((block) => BLOCKS[block.type]?.(block) ?? []),
    ),
    event.url && element("p", {}, element("a", { href: event.url }, say.source)),
  );
}

function figure(photo) {
  const sizes = "(min-width: 48rem) 44rem, calc(100vw - 2rem)";
  const files = (type) => photo.sources.filter((file) => file.type === type);
  const srcset = (type) => files(type).map((file) => `${file.url} ${file.width}w`).join(", ");
  const better = ["image/avif", "image/webp"].filter((type) => files(type).length);
  const { url, width, height, alt } = photo;
  const img = element("img", { src: url, srcset: srcset("image/jpeg"), sizes, width, height });
  img.alt = alt;
  return element("figure", {},
    element("picture", {}, better.map((type) => element("source", { type, srcset: srcset(type), sizes })), img),
    element("figcaption", {}, [photo.caption, photo.credit].filter(Boolean).join(" · ")),
  );
}

const BLOCKS = {
  text: (block) => rebuilt(block.html, RICH),
  picture: (block) => figure(block),
  quotation: (block) => element("blockquote", {}, element("p", {}, block.text), block.speaker),
  figures: (block) => element("ul", {}, block.rows.map(({ label, value }) => element("li", {}, `${label}: ${value}`))),
  document: (block) => element("p", {}, element("a", { href: block.url }, block.title)),
  video: (block) => element("p", {}, element("a", { href: block.url }, block.title)),
};

// The frame, in the language of the reader

function frame() {
  document.documentElement.lang = lang;
  for (const each of document.querySelectorAll("[data-text]")) each.textContent = say[each.dataset.text];
  document.querySelector("#home").href = `?${new URLSearchParams({ lang })}`;
  document.querySelector("nav").setAttribute("aria-label", say.languages);
  document.querySelector("[name=q]").value = address.get("q") ?? "";
  document.querySelector("[name=lang]").value = lang;
  document.querySelector("#languages").append(...Object.entries(LANGUAGES).map(([code, name]) => {
    const current = code === lang ? "page" : "";
    const href = withChange("lang", code);
    return element("li", {}, element("a", { href, lang: code, hreflang: code, "aria-current": current }, name));
  }));
}

frame();
const searched = ["q", ...FACETS].some((name) => address.get(name));
attempt(address.has("event") ? showEvent : searched ? showHits : showEvents);
