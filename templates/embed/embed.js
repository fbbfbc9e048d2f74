/* Haihe embed: the newest entries of a section on any page, each with its credit and a link to the original.

     <script async src="https://feeds.example.org/embed.js"></script>
     <haihe-feed section="news" limit="8"><a href="https://feeds.example.org/sections/news/">News</a></haihe-feed>

   No dependency, no cookie, no tracking: one cacheable request a feed, however often it stands on the page. The link inside is what
   readers see without JavaScript, or when nothing could ever be loaded. Strangers' texts are only ever set as text. */
(() => {
  "use strict";
  if (customElements.get("haihe-feed")) return;

  const script = document.currentScript || document.querySelector('script[src*="/embed"]');
  const HOME = new URL(".", script.src).href;
  const FIRST_RETRY = 5e3, LAST_RETRY = 6e5, OFTEN = 6e4, SELDOM = 36e5; // milliseconds
  const ROWS = { list: 7.5, cards: 16, headlines: 3.6 }; // em that an entry takes, held free before it is there

  const WORDS = {
    zh: { source: "来源", authors: "作者", reporters: "记者", correspondents: "通讯员", editors: "编辑", duty_editors: "值班编辑",
      reviewers: "审核", contributors: "参与", is: "：", and: "、", gap: "　", of: ["（", "）"], from: "更多，见", none: "还没有内容" },
    en: { source: "Source", authors: "By", reporters: "Reporter", correspondents: "Correspondent", editors: "Editor",
      duty_editors: "Duty editor", reviewers: "Reviewer", contributors: "Contributor", is: ": ", and: ", ", gap: "  ", of: [" (", ")"],
      from: "More at", none: "Nothing here yet" },
  };
  const PEOPLE = ["authors", "reporters", "correspondents", "editors", "duty_editors", "reviewers", "contributors"];

  const CSS = `
    :host { display: block; box-sizing: border-box; max-width: 100%; contain: layout style; }
    :host([hidden]) { display: none; }
    .feed { text-transform: none; letter-spacing: normal; word-spacing: normal; line-height: 1.55; text-indent: 0; text-align: start;
      white-space: normal; text-shadow: none; font-style: normal; font-variant: normal; visibility: visible; overflow-wrap: anywhere;
      font-family: var(--haihe-font, inherit); font-size: var(--haihe-size, inherit); color: var(--haihe-color, inherit);
      background: var(--haihe-background, transparent); padding: var(--haihe-padding, 0); border-radius: var(--haihe-radius, 0);
      --quiet: var(--haihe-muted, color-mix(in srgb, currentColor 78%, transparent));
      --rule: var(--haihe-border, color-mix(in srgb, currentColor 18%, transparent)); }
    .feed.light { --haihe-color: #1b2427; --haihe-background: #fff; --haihe-padding: 1em; color-scheme: light; }
    .feed.dark { --haihe-color: #e3e9e8; --haihe-background: #172126; --haihe-padding: 1em; color-scheme: dark; }
    .feed.fixed { overflow: auto; }
    header { font-weight: 700; font-size: 1.15em; margin: 0 0 .5em; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { padding: var(--haihe-gap, .7em) 0; border-top: 1px solid var(--rule); display: flex; gap: .9em; }
    li > div { flex: 1; min-width: 0; }
    a { color: inherit; text-decoration: none; }
    a:hover, footer a { text-decoration: underline; text-underline-offset: .2em; }
    a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
    .title { font-weight: 600; color: var(--haihe-link, inherit); }
    p { margin: .2em 0 0; }
    .summary { color: var(--quiet); font-size: .94em; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; overflow: hidden; }
    .under, footer { color: var(--quiet); font-size: .86em; }
    .credit { white-space: pre-wrap; word-break: keep-all; }
    .said { display: inline-block; max-width: 100%; }
    .under time { margin-inline-end: .9em; white-space: nowrap; }
    img { width: 6.5em; aspect-ratio: 4 / 3; object-fit: cover; flex: none; border-radius: 3px; background: var(--rule); }
    footer { border-top: 1px solid var(--rule); padding-top: .6em; }
    .cards ol { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15em), 1fr)); gap: 1.2em; padding: .5em 0 1.2em; }
    .cards li { flex-direction: column; border: 1px solid var(--rule); border-radius: .4em; padding: 0 0 .9em; overflow: hidden; }
    .cards li > div { padding: 0 .9em; }
    .cards li > div:first-child { padding-top: .9em; }
    .cards img { width: 100%; aspect-ratio: 16 / 9; border-radius: 0; }
    .headlines li { padding: .35em 0; }
    .headlines .under { margin: 0; }
    @media print { li { break-inside: avoid; } }`;
  // One sheet for all; where a browser is too old for that, a style element each.
  let sheet = null;
  try { sheet = new CSSStyleSheet(); sheet.replaceSync(CSS); } catch { sheet = null; }

  // --- feeds: one request for all elements that show the same --------------------------------------------------------------------------

  const feeds = new Map(); // address -> {address, shown: Set of elements, data, timer, wait}

  function join(element, address) {
    let feed = feeds.get(address);
    if (!feed) feeds.set(address, feed = { address, shown: new Set(), data: null, timer: 0, wait: FIRST_RETRY });
    feed.shown.add(element);
    if (feed.data) element.show(feed.data);
    else if (!feed.timer) load(feed);
  }

  function leave(element, address) {
    const feed = feeds.get(address);
    if (!feed) return;
    feed.shown.delete(element);
    if (!feed.shown.size) { clearTimeout(feed.timer); feeds.delete(address); }
  }

  async function ask(address, cache) {
    const answer = await fetch(address, { cache, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw new Error(answer.status);
    const age = /max-age=(\d+)/.exec(answer.headers.get("cache-control") || "");
    return { data: await answer.json(), again: Math.min(Math.max(age ? age[1] * 1e3 : 0, OFTEN), SELDOM) };
  }

  async function load(feed) {
    feed.timer = 1;
    let found = null, wait;
    try {
      found = await ask(feed.address, "default"); // the browser's cache asks with the ETag
      feed.wait = FIRST_RETRY;
      wait = found.again;
    } catch {
      wait = feed.wait;
      feed.wait = Math.min(feed.wait * 2, LAST_RETRY);
      // We are down. What is shown stays; a page that was opened just now shows what the browser has from before.
      if (!feed.data) found = await ask(feed.address, "force-cache").catch(() => null);
    }
    if (found && Array.isArray(found.data.items)) {
      feed.data = found.data;
      for (const element of feed.shown) element.show(found.data);
    }
    if (feeds.get(feed.address) === feed) feed.timer = setTimeout(next, wait * (1 + Math.random() / 10), feed);
  }

  function next(feed) {
    if (!document.hidden) return load(feed);
    document.addEventListener("visibilitychange", () => next(feed), { once: true }); // nobody is looking: wait until somebody does
  }

  // --- what an entry says --------------------------------------------------------------------------------------------------------------

  function web(address) {
    try {
      const url = new URL(address);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  function make(name, part, text) {
    const element = document.createElement(name);
    if (part) { element.className = part; element.setAttribute("part", part); }
    if (text) element.textContent = text;
    return element;
  }

  function link(address, part, text) {
    const element = make("a", part, text);
    if (address) { element.href = address; element.target = "_top"; element.rel = "noopener"; }
    return element;
  }

  /* The credits, a label with its names each, by the names of `_credit`; never empty where anything is known. */
  function credit(item, words) {
    const stated = item._credit || {}, parts = [];
    const source = stated.source || stated.publisher;
    const behind = stated.source && stated.organization ? words.of[0] + stated.organization + words.of[1] : "";
    if (source) parts.push(words.source + words.is + source + behind);
    for (const role of PEOPLE) if (stated[role]) parts.push(words[role] + words.is + [].concat(stated[role]).join(words.and));
    if (!parts.length && item.authors) parts.push(item.authors.map(each => each.name || "").join(words.and));
    return parts;
  }

  /* A day as its source states it, whatever zone the reader is in. */
  function day(item, language) {
    const stated = (item.date_published || "").slice(0, 10);
    if (!/^\d{4}-\d\d-\d\d$/.test(stated)) return null;
    const element = make("time", "date", new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(stated)));
    element.dateTime = stated;
    return element;
  }

  function entry(item, layout, words, language, home, pictures) {
    const row = make("li", "item"), said = make("div"), under = make("p", "under");
    const title = link(web(item.url) || home, "title", item.title || item.summary || item.content_text || item.url);
    title.dir = "auto";
    if (item.language) title.lang = item.language;
    const image = pictures && layout !== "headlines" && web(item.image);
    if (image) {
      const picture = make("img", "image");
      picture.alt = "";
      picture.loading = "lazy";
      picture.decoding = "async";
      picture.referrerPolicy = "no-referrer";
      picture.addEventListener("error", () => picture.remove());
      picture.src = image;
      row.append(picture);
    }
    said.append(title);
    // Where no text may be shown the feed says the credits in its place; here they stand below in any case.
    if (layout !== "headlines" && item.summary && item.summary !== item.title && !/^(稿源|来源|作者|记者|Source|By)\s*[:：]/.test(item.summary)) {
      const summary = make("p", "summary", item.summary);
      summary.dir = "auto";
      if (item.language) summary.lang = item.language;
      said.append(summary);
    }
    const date = day(item, language), line = credit(item, words);
    if (date) under.append(date);
    const credited = make("span", "credit");
    line.forEach((text, at) => credited.append(at ? words.gap : "", make("span", "said", text)));
    under.append(credited);
    said.append(under);
    row.append(said);
    return row;
  }

  // --- the element ---------------------------------------------------------------------------------------------------------------------

  const near = "IntersectionObserver" in window && new IntersectionObserver(seen => {
    for (const each of seen) if (each.isIntersecting) { near.unobserve(each.target); each.target.begin(); }
  }, { rootMargin: "400px" });

  class HaiheFeed extends HTMLElement {
    static observedAttributes = ["section", "limit", "layout", "theme", "heading", "images", "height", "lang"];
    #root = this.attachShadow({ mode: "open" });
    #address = "";
    #shown = null;

    constructor() {
      super();
      if (sheet && "adoptedStyleSheets" in this.#root) this.#root.adoptedStyleSheets = [sheet];
      else this.#root.append(make("style", "", CSS));
      this.#root.append(document.createElement("slot"));
    }

    connectedCallback() {
      this.#hold();
      // What is in sight already does not wait for the observer's first word, which comes a frame or two later.
      if (near && this.getBoundingClientRect().top > innerHeight) near.observe(this);
      else this.begin();
    }

    disconnectedCallback() {
      if (near) near.unobserve(this);
      leave(this, this.#address);
      this.#address = "";
    }

    attributeChangedCallback(name, before, after) {
      if (before === after || !this.isConnected) return;
      this.#hold();
      if (this.#address) this.begin();
      if (this.#shown) this.show(this.#shown, true);
    }

    get limit() { return Math.min(Math.max(parseInt(this.getAttribute("limit"), 10) || 10, 1), 50); }
    get layout() { return Object.hasOwn(ROWS, this.getAttribute("layout")) ? this.getAttribute("layout") : "list"; }

    /* Room for what will come, so that the page below does not jump. */
    #hold(rows = this.limit) {
      const across = this.layout === "cards" ? Math.max(1, Math.floor((this.clientWidth || 600) / 260)) : 1;
      this.style.minHeight = this.getAttribute("height") ? "" : `${Math.ceil(rows / across) * ROWS[this.layout] + 5}em`;
    }

    begin() {
      const asked = [10, 20, 50].find(each => each >= this.limit);
      const key = encodeURIComponent(this.getAttribute("section") || "all");
      const address = `${HOME}feeds/${key}.json?limit=${asked}&body=${this.layout === "headlines" ? "link" : "summary"}`;
      if (address === this.#address) return;
      leave(this, this.#address);
      this.#address = address;
      join(this, address);
    }

    show(data, again) {
      if (this.#shown === data && !again) return;
      this.#shown = data;
      const around = this.closest("[lang]");
      const language = this.lang || (around && around.lang) || data.language || navigator.language;
      const words = WORDS[language.toLowerCase().startsWith("zh") ? "zh" : "en"];
      const home = web(data.home_page_url) || HOME, theme = this.getAttribute("theme"), height = this.getAttribute("height");
      const feed = make("section", "feed"), heading = this.getAttribute("heading") ?? data.title;
      feed.classList.add(this.layout, ...(theme === "light" || theme === "dark" ? [theme] : []));
      feed.lang = language;
      feed.setAttribute("aria-label", data.title || "");
      if (/^\d+$/.test(height || "")) { feed.style.height = `${height}px`; feed.classList.add("fixed"); feed.tabIndex = 0; }
      if (heading && heading !== "none") {
        const top = make("header", "header");
        top.append(link(home, "heading", heading));
        feed.append(top);
      }
      const list = make("ol", "list");
      list.setAttribute("role", "list");
      const pictures = this.getAttribute("images") !== "off";
      for (const item of data.items.slice(0, this.limit)) list.append(entry(item, this.layout, words, language, home, pictures));
      const foot = make("footer", "footer", data.items.length ? `${words.from} ` : `${words.none} `);
      foot.append(link(home, "more", data.title || home));
      feed.append(list, foot);
      const old = this.#root.querySelector("section,slot");
      old.replaceWith(feed);
      // Room that was not needed is given back where nobody sees what moves up.
      if (this.getBoundingClientRect().bottom > innerHeight) this.style.minHeight = "";
      else this.#hold(Math.min(data.items.length, this.limit));
    }
  }
  customElements.define("haihe-feed", HaiheFeed);

  // An iframe of ours tells how high it is.
  addEventListener("message", event => {
    const height = event.data && event.data.haihe === "height" && Number(event.data.height);
    if (!(height > 0) || event.origin !== new URL(HOME).origin) return;
    for (const frame of document.querySelectorAll("iframe"))
      if (frame.contentWindow === event.source) frame.style.height = `${Math.min(Math.ceil(height), 1e4)}px`;
  });
})();
