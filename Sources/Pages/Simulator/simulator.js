"use strict";
// The simulator's page: plays a run that was written down, and lets the reader change it. A run is
// repeated from its beginning with each deed more: up to the deed it is the same run.

const byID = (id) => document.getElementById(id);
const picture = new NodePicture(byID("nodes"));
const strips = new LogStrips(byID("strips"), byID("cell"));
const SLOWNESS = 20; // milliseconds
const LONGEST_STORY = 80;
const flights = shape("g", {}, byID("nodes"));

let run; // the recording
let now = 0; // in microseconds of the run
let isPlaying = false;
let deeds = [];
let isServed = false;
let drawnSentences = -1;
let linkEnds = [0, 1]; // the hosts whose link is chosen

// --- Reading a recording

/** The last item whose time is not later than `time`; -1 if there is none. */
function lastBefore(list, time, at = (item) => item[0]) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(list[middle]) <= time) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function take(recording) {
  run = recording;
  deeds = run.do.split(";").map((deed) => deed.trim()).filter(Boolean);
  run.byHost = Array.from({ length: run.hosts }, () => []);
  for (const state of run.states) run.byHost[state[1]].push(state);
  run.longest = run.messages.reduce((most, message) => Math.max(most, message[1] - message[0]), 0);
  byID("time").max = Math.ceil(run.end / 1000);
  byID("command").textContent = run.command;
  drawnSentences = -1;
  now = Math.min(now, run.end);
  drawVerdict();
  drawHands();
  draw();
}

function drawVerdict() {
  const verdict = byID("verdict");
  verdict.textContent = run.failure ? say("simFailed", { x: run.failure }) : say("simPassed", { d: run.digest });
  verdict.className = run.failure ? "bad" : "";
}

// --- Showing a moment

function stateOf(host) {
  const list = run.byHost[host];
  const place = lastBefore(list, now);
  return place < 0 ? undefined : list[place];
}

function draw() {
  if (!run) return;
  const views = [];
  for (let host = 0; host < run.hosts; host += 1) {
    const state = stateOf(host);
    if (!state) continue;
    if (!state.view || state.language !== language) [state.view, state.language] = [viewOf(state), language];
    views.push(state.view);
  }
  picture.draw(views, linksNow());
  strips.draw(views);
  drawFlights();
  drawStory();
  const leader = views.filter((view) => view.state === "here" && view.role === "leader").sort((a, b) => b.term - a.term)[0];
  setText(byID("summary"), leader ? say("leads", { n: leader.name, c: views.length, t: String(leader.term) }) : say("simNoLeader"));
  byID("time").value = now / 1000;
  setText(byID("clock"), `${(now / 1000).toFixed(1)} ms`);
}

function viewOf([, host, condition, role, term, , commit, applied, first, terms]) {
  const last = first + terms.length - 1;
  return {
    id: host, name: `n${host + 1}`, role, term, state: condition === "down" ? "gone" : "here",
    line: condition === "down" ? say("simDown") : condition === "paused" ? say("simPaused") : say(role),
    more: say("term", { t: String(term) }),
    first, cells: terms.map((t) => [t, "c", ""]), last, commit, applied,
    span: say("span", { l: String(last), c: String(commit), a: String(applied) }),
  };
}

/** The links, which change rarely: the same list as long as they do not. */
function linksNow() {
  const known = `${lastBefore(run.cuts, now)} ${language}`;
  if (run.linksKnown !== known) [run.linksKnown, run.links] = [known, links()];
  return run.links;
}

function links() {
  const changed = new Map();
  for (const [time, from, to, isCut, delay] of run.cuts) {
    if (time > now) break;
    changed.set(`${from} ${to}`, [isCut, delay]);
  }
  const all = [];
  for (let a = 0; a < run.hosts; a += 1) {
    for (let b = a + 1; b < run.hosts; b += 1) {
      const ways = [`${a} ${b}`, `${b} ${a}`].map((way) => changed.get(way) || [0, 0]);
      const isCut = ways.some((way) => way[0]);
      const delay = isCut ? 0 : Math.max(...ways.map((way) => way[1]));
      all.push({
        from: a, to: b, state: isCut ? "silent" : delay ? "slow" : "",
        text: delay ? say("late", { v: delay }) : "",
      });
    }
  }
  return all;
}

/** Each message where it is now; the shapes are used again. */
function drawFlights() {
  let used = 0;
  for (let place = lastBefore(run.messages, now); place >= 0; place -= 1) {
    const message = run.messages[place];
    if (message[0] < now - run.longest) break;
    const [sent, arrives, from, to, , kind] = message;
    const [a, b] = [picture.position(from), picture.position(to)];
    if (arrives < now || !a || !b) continue;
    const dot = flights.children[used] || newFlight();
    used += 1;
    // From the edge of one circle to that of the other.
    const edge = Math.min(0.5, 40 / Math.hypot(b.x - a.x, b.y - a.y));
    const part = edge + (1 - 2 * edge) * (now - sent) / Math.max(1, arrives - sent);
    dot.message = message;
    setAttribute(dot, "class", `flight ${kind}`);
    setAttribute(dot, "r", kind === "beat" ? 5 : 7);
    setAttribute(dot, "cx", a.x + (b.x - a.x) * part);
    setAttribute(dot, "cy", a.y + (b.y - a.y) * part);
  }
  while (flights.children.length > used) flights.lastChild.remove();
}

function newFlight() {
  const dot = shape("circle", {}, flights);
  const read = () => {
    const [, , from, to, , , words] = dot.message;
    byID("message").textContent = `n${from + 1} → n${to + 1}: ${words}`;
  };
  dot.addEventListener("pointerenter", read);
  dot.addEventListener("click", read);
  return dot;
}

function drawStory() {
  const last = lastBefore(run.sentences, now);
  if (last === drawnSentences) return;
  const list = byID("sentences");
  // Going on a little adds to what is there.
  const isNext = drawnSentences >= 0 && last > drawnSentences && last - drawnSentences < LONGEST_STORY;
  const oldest = isNext ? drawnSentences : Math.max(-1, last - LONGEST_STORY);
  const items = [];
  for (let place = last; place > oldest; place -= 1) items.push(sentence(run.sentences[place]));
  drawnSentences = last;
  if (!isNext) list.replaceChildren();
  if (list.firstChild) list.firstChild.className = "";
  list.prepend(...items);
  while (list.children.length > LONGEST_STORY) list.lastChild.remove();
  if (list.firstChild) list.firstChild.className = "now";
}

function sentence([time, host, words]) {
  const item = make("li");
  item.append(make("time", "", (time / 1000).toFixed(1)), make("span", "", host < 0 ? words : `n${host + 1} ${words}`));
  item.addEventListener("click", () => { now = time; isPlaying = false; drawPlay(); draw(); });
  return item;
}

// --- Moving through time

function step(direction) {
  isPlaying = false;
  const list = run.sentences;
  const place = direction > 0 ? lastBefore(list, now) + 1 : lastBefore(list, now - 1);
  if (list[place]) now = list[place][0];
  else now = direction > 0 ? run.end : 0;
  drawPlay();
  draw();
}

function drawPlay() { setText(byID("play"), say(isPlaying ? "pause" : "play")); }

let lastFrame = 0;
function frame(time) {
  if (isPlaying && run) {
    now += Math.min(100, time - lastFrame) * 1000 * Number(byID("speed").value);
    if (now >= run.end) { now = run.end; isPlaying = false; drawPlay(); }
    draw();
  }
  lastFrame = time;
  requestAnimationFrame(frame);
}

byID("play").addEventListener("click", () => {
  if (run && now >= run.end) now = 0;
  isPlaying = !isPlaying;
  drawPlay();
});
byID("back").addEventListener("click", () => step(-1));
byID("forward").addEventListener("click", () => step(1));
byID("time").addEventListener("input", (event) => { now = event.target.value * 1000; draw(); });
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, button, .cells") || !run) return;
  if (event.key === " ") { event.preventDefault(); byID("play").click(); }
  if (event.key === "ArrowLeft") step(-1);
  if (event.key === "ArrowRight") step(1);
});

// --- The reader's hands

function drawHands() {
  const hands = byID("hands");
  hands.hidden = !isServed;
  if (!isServed || hands.hosts === run.hosts && hands.words === language) return;
  [hands.hosts, hands.words] = [run.hosts, language];
  const row = (name, deeds, ...before) => {
    const place = make("div", "row");
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", name);
    place.append(...before);
    for (const [word, deed] of deeds) {
      const button = make("button", "", word);
      button.type = "button";
      button.addEventListener("click", () => act(typeof deed === "string" ? deed : deed()));
      place.append(button);
    }
    return [make("span", "", name), place];
  };
  const rows = [];
  const hosts = Array.from({ length: run.hosts }, (_, host) => `n${host + 1}`);
  for (const host of hosts) {
    rows.push(...row(host, ["crash", "restart", "pause", "resume", "transfer", "write", "read"].map(
      (kind) => [say(`do_${kind}`), `${kind} ${host}`]).concat([[say("do_alone"), `split ${host}`]])));
  }
  if (hosts.length > 1) rows.push(...linkRow(hosts, row));
  const half = hosts.slice(0, Math.floor(hosts.length / 2));
  rows.push(...row(say("network"), [
    [say("do_split", { x: half.join(" ") }), `split ${half.join(" ")}`], [say("do_heal"), "heal"],
    [say("do_undo"), "undo"],
  ]));
  hands.replaceChildren(...rows);
}

/** Two nodes to choose, and what can be done to the link between them. */
function linkRow(hosts, row) {
  const ends = linkEnds.map((chosen) => {
    const choice = make("select");
    choice.setAttribute("aria-label", say("link"));
    choice.append(...hosts.map((host) => make("option", "", host)));
    choice.selectedIndex = chosen;
    return choice;
  });
  // A link has two ends: choosing the same node twice moves the other end on.
  ends.forEach((choice, place) => choice.addEventListener("change", () => {
    const other = ends[1 - place];
    if (other.value === choice.value) other.selectedIndex = (other.selectedIndex + 1) % hosts.length;
    linkEnds = ends.map((end) => end.selectedIndex);
  }));
  const deed = (kind, rest = "") => () => `${kind} ${ends[0].value} ${ends[1].value}${rest}`;
  return row(say("link"), [
    [say("do_cut"), deed("cut")], [say("do_mend"), deed("mend")],
    [say("do_slow", { v: SLOWNESS }), deed("slow", ` ${SLOWNESS}`)], [say("do_fast"), deed("fast")],
  ], ends[0], make("span", "", say("and")), ends[1]);
}

async function act(deed) {
  const at = Math.floor(now / 1000);
  // What was done later than this moment would no longer be what the reader saw.
  if (deed === "undo") await load(deeds.slice(0, -1));
  else await load(deeds.filter((one) => Number(one.split(" ")[0]) <= at).concat(`${at + 1} ${deed}`));
}

async function load(deeds) {
  let refusal;
  try {
    const answer = await fetch(deeds ? `run?${new URLSearchParams({ do: deeds.join("; ") })}` : "run");
    const text = await answer.text();
    if (answer.ok) return take(JSON.parse(text));
    refusal = text;
  } catch { refusal = say("simNoAnswer"); }
  byID("verdict").textContent = refusal;
  byID("verdict").className = "bad";
}

byID("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  remembered("language", language);
  translate();
  drawPlay();
  if (run) { drawVerdict(); drawHands(); draw(); }
});

addEventListener("resize", draw);

translate();
const embedded = byID("recording");
if (embedded) take(JSON.parse(embedded.textContent));
else {
  isServed = true;
  load();
}
requestAnimationFrame(frame);
