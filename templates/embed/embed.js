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
    .credit { word-break: keep-all; }
    .said { display: inline-block; max-width: 100%; margin-inline-end: .7em; }
    .under time { margin-inline-end: .9em; display: inline-block; }
    img { width: min(6.5em, 32%); aspect-ratio: 4 / 3; object-fit: cover; flex: none; align-self: flex-start; border-radius: 3px; background: var(--rule); }
    footer { border-top: 1px solid var(--rule); padding: .6em 0 .8em; }
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

  const feeds = new Map(); // address -> {address, shown: Set of elements, text, data, timer, wait}
  const waiting = new Set(); // feeds that are due while we cannot be reached
  let scout = null; // the one that asks meanwhile, so that there is one failed request now and then and not one from each

  function join(element, address) {
    let feed = feeds.get(address);
    if (!feed) feeds.set(address, feed = { address, shown: new Set(), text: "", data: null, timer: 0, wait: FIRST_RETRY });
    feed.shown.add(element);
    if (feed.data) element.show(feed.data);
    else if (!feed.timer) load(feed);
  }

  function leave(element, address) {
    const feed = feeds.get(address);
    if (!feed) return;
    feed.shown.delete(element);
    if (feed.shown.size) return;
    clearTimeout(feed.timer);
    feeds.delete(address);
    waiting.delete(feed);
    if (scout === feed) release();
  }

  function release() {
    scout = null;
    const due = [...waiting];
    waiting.clear();
    due.forEach(next);
  }

  /* Shows what it brings, if that is new. Milliseconds until it is worth asking again; 0 for what is past its time already. */
  async function ask(feed, cache) {
    const answer = await fetch(feed.address, { cache, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!answer.ok) throw answer.status;
    const text = await answer.text();
    if (text !== feed.text) {
      const data = JSON.parse(text);
      if (!Array.isArray(data.entries)) throw text;
      Object.assign(feed, { text, data });
      for (const element of feed.shown) element.show(data);
    }
    const age = /max-age=(\d+)/.exec(answer.headers.get("cache-control")), kept = age ? age[1] * 1e3 : 0;
    return Math.abs(Date.now() - Date.parse(answer.headers.get("date"))) < kept ? Math.min(Math.max(kept, OFTEN), SELDOM) : 0;
  }

  async function load(feed) {
    const first = !feed.data;
    let wait;
    feed.timer = 1;
    try {
      // What the browser has from before is better than nothing, and there at once; if it is old, it is asked for again, with its ETag.
      wait = (first && await ask(feed, "force-cache")) || await ask(feed, "no-cache") || OFTEN;
      feed.wait = FIRST_RETRY;
      if (scout === feed) release();
    } catch (error) {
      // What is shown stays. A section that is not there is not likely to come soon; else we are down, and one feed finds out until when.
      const gone = error === 404 || error === 410;
      wait = gone ? SELDOM : feed.wait;
      feed.wait = Math.min(feed.wait * 2, LAST_RETRY);
      if (!feed.data) for (const element of feed.shown) element.style.minHeight = ""; // only the link inside is there for now
      if (!gone) scout = scout || feed;
      else if (scout === feed) release();
    }
    if (feeds.get(feed.address) === feed) feed.timer = setTimeout(next, wait * (1 + Math.random() / 10), feed);
  }

  /* Asks when somebody is looking, the machine is online, and no other feed is finding out already whether we are back. */
  function next(feed) {
    if (feeds.get(feed.address) !== feed) return;
    if (scout && scout !== feed) waiting.add(feed);
    else if (document.hidden) document.addEventListener("visibilitychange", () => next(feed), { once: true });
    else if (!navigator.onLine) addEventListener("online", () => next(feed), { once: true });
    else load(feed);
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

  /* `item` as /embed/<key>.json has it, its texts ready to be shown. */
  function entry(item, layout, home, pictures) {
    const row = make("li", "item"), said = make("div"), under = make("p", "under"), full = layout !== "headlines";
    const title = link(web(item.address) || home, "title", item.title), image = full && pictures && web(item.image);
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
    const texts = full && item.summary ? [title, make("p", "summary", item.summary)] : [title];
    for (const text of texts) {
      text.dir = "auto";
      if (item.lang) text.lang = item.lang;
    }
    if (item.date) {
      const date = make("time", "date", item.date.text);
      date.dateTime = item.date.iso;
      under.append(date);
    }
    const credit = make("span", "credit");
    for (const text of item.credit) credit.append(make("span", "said", text), " ");
    under.append(credit);
    said.append(...texts, under);
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
      if (near && (this.getBoundingClientRect().top > innerHeight || !this.getClientRects().length)) near.observe(this);
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
      const key = encodeURIComponent(this.getAttribute("section") || "all"), language = this.closest("[lang]")?.lang;
      const address = `${HOME}embed/${key}.json?limit=${asked}${language ? `&lang=${encodeURIComponent(language)}` : ""}`;
      if (address === this.#address) return;
      leave(this, this.#address);
      this.#address = address;
      join(this, address);
    }

    show(data, again) {
      if (this.#shown === data && !again) return;
      this.#shown = data;
      const home = web(data.page) || HOME, theme = this.getAttribute("theme"), height = this.getAttribute("height");
      const feed = make("section", "feed"), heading = this.getAttribute("heading") ?? data.title;
      feed.classList.add(this.layout, ...(theme === "light" || theme === "dark" ? [theme] : []));
      const named = element => Object.assign(element, data.title_lang ? { lang: data.title_lang } : {});
      feed.lang = data.lang;
      feed.setAttribute("aria-label", data.title);
      if (/^\d+$/.test(height || "")) { feed.style.height = `${height}px`; feed.classList.add("fixed"); feed.tabIndex = 0; }
      if (heading && heading !== "none") {
        const top = make("header", "header");
        top.append(named(link(home, "heading", heading)));
        feed.append(top);
      }
      const list = make("ol", "list");
      list.setAttribute("role", "list");
      const pictures = this.getAttribute("images") !== "off";
      for (const item of data.entries.slice(0, this.limit)) list.append(entry(item, this.layout, home, pictures));
      const foot = make("footer", "footer", `${data.more} `);
      foot.append(named(link(home, "more", data.title)));
      feed.append(list, foot);
      const old = this.#root.querySelector("section,slot");
      old.replaceWith(feed);
      // Room that was not needed is given back where nobody sees what moves up.
      if (this.getBoundingClientRect().bottom > innerHeight) this.style.minHeight = "";
      else this.#hold(Math.min(data.entries.length, this.limit));
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
