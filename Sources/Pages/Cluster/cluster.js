"use strict";
// The cluster's page: hears what each node says of itself, and shows it.

const byID = (id) => document.getElementById(id);
const SILENCE = 3000; // milliseconds without a word, after which a node does not answer
const RETRY = 500;
const LONGEST_STORY = 80;
const MOST_GATES = 20;
const PAUSE = 2000; // milliseconds without a commit, after which the next one is told anew

const picture = new NodePicture(byID("nodes"));
const strips = new LogStrips(byID("strips"), byID("cell"));

const nodes = new Map(); // by id: what is known of each member
let own; // the id of the node that served this page
let keys, changes = [];
let clock = { time: 0, at: 0 }; // the server's time, and when it was told
let isDirty = true;
let isRefused = false; // too many pages are open already
const sentences = []; // {at, id, words: () => text, isBad}
const commits = []; // {at, index}: for the rate

// --- Hearing

function nodeOf(id) {
  let node = nodes.get(id);
  if (!node) {
    node = { id, name: id, url: "", isHeard: false, heard: 0, voter: true };
    nodes.set(id, node);
  }
  return node;
}

function nameOf(id) {
  const node = nodes.get(id);
  return node ? node.name : String(id).slice(0, 8);
}

// A page may connect only to those who were members when it was loaded (Content-Security-Policy). A
// frame of this server that is loaded later may connect to those who are members then.
let gate = window;
let gateCount = 0;

/** Has streams that begin later go by a new frame; those of an earlier one go on. */
function openGate(then) {
  if (gateCount >= MOST_GATES) { byID("notice").hidden = false; return then(); }
  gateCount += 1;
  const frame = make("iframe");
  frame.hidden = true;
  frame.src = "ui/icon.svg";
  frame.addEventListener("load", () => {
    gate = frame.contentWindow;
    watchPolicy(frame.contentDocument);
    then();
  });
  document.body.append(frame);
}

function watchPolicy(page) {
  page.addEventListener("securitypolicyviolation", (event) => {
    if (event.effectiveDirective === "connect-src" && isMemberURL(event.blockedURI)) openGate(() => {});
  });
}

function isMemberURL(url) {
  return [...nodes.values()].some((node) => node.isMember && node.url && url.startsWith(node.url));
}

/** Listens to one node; begins again when the stream ends. */
function listen(base, whole, id) {
  const source = new gate.EventSource(`${base || new URL(".", location)}ui/events${whole ? "" : "?part=node"}`);
  let listened = id;
  source.addEventListener("node", (event) => {
    const frame = JSON.parse(event.data);
    if (whole) own = frame.id;
    listened = frame.id;
    hear(frame);
  });
  source.addEventListener("time", (event) => {
    if (listened) answer(nodeOf(listened));
    if (whole || performance.now() - clock.at > 2 * SILENCE) clock = { time: Number(event.data), at: performance.now() };
    beat(listened);
    isDirty = true;
  });
  source.addEventListener("keys", (event) => { takeKeys(JSON.parse(event.data)); isDirty = true; });
  source.addEventListener("events", (event) => { changes = JSON.parse(event.data); isDirty = true; });
  source.addEventListener("error", () => {
    source.close();
    if (listened) fail(nodeOf(listened));
    else if (whole) learnWhy(source.url);
    setTimeout(() => {
      const node = nodes.get(listened);
      if (whole || node && node.isMember) listen(base, whole, listened);
      else if (node) node.isListened = false;
    }, RETRY);
  });
}

/** A stream that does not begin says not why; the same request does. */
async function learnWhy(url) {
  const stop = new AbortController();
  try { isRefused = (await fetch(url, { signal: stop.signal })).status === 503; } catch { isRefused = false; }
  stop.abort();
  isDirty = true;
}

function answer(node) {
  node.heard = performance.now();
  if (!node.isHeard) {
    if (node.wasLost) tell(node.id, "sReturned", {}, Date.now());
    node.isHeard = true;
    node.wasLost = false;
    isDirty = true;
  }
}

function fail(node) {
  if (node.wasLost) return;
  tell(node.id, node.isHeard ? "sGone" : "sAbsent", {}, Date.now(), true);
  node.isHeard = false;
  node.wasLost = true;
  isDirty = true;
}

function hear(frame) {
  const node = nodeOf(frame.id);
  const before = node.frame;
  node.frame = frame;
  node.name = frame.name || frame.id;
  answer(node);
  const self = nodes.get(own);
  // Who the members are is told by the node that served the page: another may have heard less.
  const isTrusted = frame.id === own || !self || !isHere(self);
  for (const member of frame.members) {
    if (!isTrusted && !nodes.has(member.id)) continue;
    const other = nodeOf(member.id);
    if (member.name) other.name = member.name;
    if (frame.id === own || other.url === "") other.url = member.url;
    if (isTrusted) [other.voter, other.isMember] = [member.voter, true];
    if (other.isMember && member.id !== own && other.url && !other.isListened && own) {
      other.isListened = true;
      const reach = () => listen(`${other.url}/`, false, member.id);
      if (noteMembers.known) openGate(reach); else reach();
    }
  }
  if (frame.id === own) noteMembers(frame);
  noteSteps(node, before);
  noteRest(node, before);
  if (frame.role === "leader") noteCommit(frame, before);
  isDirty = true;
}

function noteMembers(frame) {
  const ids = new Set(frame.members.map((member) => member.id));
  if (own && frame.cluster) ids.add(own);
  const first = !noteMembers.known;
  for (const id of ids) {
    if (!first && !noteMembers.known.has(id)) tell(id, "sAdded", {}, Date.now());
  }
  if (!first) {
    for (const id of noteMembers.known) {
      if (!ids.has(id)) { tell(id, "sRemoved", {}, Date.now()); nodeOf(id).isMember = false; }
    }
  }
  noteMembers.known = ids;
}

/** Tells what a node has done since it was last heard, in the order in which it did it. */
function noteSteps(node, before) {
  const { steps, start } = node.frame;
  const known = before && before.start === start ? node.lastStep || 0 : 0;
  steps.forEach((step, place) => {
    if (step.n <= known) return;
    const previous = place > 0 ? steps[place - 1] : undefined;
    const words = stepWords(step, previous);
    if (words) tell(node.id, words[0], words[1], step.at);
  });
  if (steps.length) node.lastStep = steps[steps.length - 1].n;
}

function stepWords(step, previous = { role: "follower", term: 0, vote: null, leader: null }) {
  const t = step.term;
  if (step.n === 1 && step.role === "follower") return ["sStarted", { t }];
  if (step.role !== previous.role || step.role !== "follower" && t !== previous.term) {
    if (step.role === "preCandidate") return ["sAsks", {}];
    if (step.role === "candidate") return ["sCandidate", { t }];
    if (step.role === "leader") return ["sWon", { t }];
    if (step.leader === null && step.vote === null) return [previous.role === "leader" ? "sDown" : "sBack", { t }];
  }
  if (step.leader !== null && (step.leader !== previous.leader || t !== previous.term)) {
    return ["sFollows", { v: () => nameOf(step.leader), t }];
  }
  if (step.vote !== null && (step.vote !== previous.vote || t !== previous.term)) {
    return ["sVoted", { v: () => nameOf(step.vote), t }];
  }
  if (step.leader === null && previous.leader !== null) return ["sNoLeader", {}];
  if (t > previous.term) return ["sTerm", { t }];
  return undefined;
}

function noteRest(node, before) {
  if (!before || before.start !== node.frame.start) return;
  const now = Date.now();
  if (node.frame.snapshots[0] > before.snapshots[0]) tell(node.id, "sSnapshot", {}, now);
  if (node.frame.snapshots[1] > before.snapshots[1]) tell(node.id, "sInstalled", {}, now);
  if (node.frame.problem && !before.problem) tell(node.id, "sProblem", { x: node.frame.problem }, now, true);
  if (!node.frame.problem && before.problem) tell(node.id, "sFine", {}, now);
  for (const peer of node.frame.peers) {
    const known = before.peers.find((other) => other.id === peer.id);
    if (known && peer.match > known.match) picture.send(node.id, peer.id, node.frame.term, true);
  }
}

/** A leader's word to each follower, once a second: it says more often that it is there. */
function beat(id) {
  const node = nodes.get(id);
  if (!node || !node.frame || node.frame.role !== "leader") return;
  for (const peer of node.frame.peers) {
    if (peer.active) picture.send(id, peer.id, node.frame.term, false);
  }
}

function noteCommit(frame, before) {
  const at = performance.now();
  if (before && before.start === frame.start && frame.commit > before.commit) {
    tellCommit(frame, before.commit + 1, Date.now());
  }
  if (commits.length && frame.commit < commits[commits.length - 1].index) commits.length = 0;
  commits.push({ at, index: frame.commit });
  while (commits.length > 2 && at - commits[0].at > 2000) commits.shift();
}

// --- Telling

// What each node notes a moment after it has happened can be put right: a vote comes before the
// victory that it made possible.
const RANKS = { sAsks: 1, sCandidate: 2, sVoted: 3, sWon: 4, sFollows: 5 };

function isLater(one, other) {
  const isSameElection = one.rank && other.rank && one.term === other.term && Math.abs(one.at - other.at) < 200;
  return isSameElection && one.rank !== other.rank ? one.rank > other.rank : one.at > other.at;
}

/** Adds a sentence about a node, in its place by time. */
function tell(id, name, values, at, isBad = false) {
  const words = () => {
    const filled = { n: nameOf(id) };
    for (const key in values) filled[key] = typeof values[key] === "function" ? values[key]() : values[key];
    return say(typeof name === "function" ? name() : name, filled);
  };
  const sentence = { at, id, words, isBad, term: values.t, rank: RANKS[name] };
  let place = sentences.length;
  while (place > 0 && isLater(sentences[place - 1], sentence)) place -= 1;
  sentences.splice(place, 0, sentence);
  if (sentences.length > LONGEST_STORY) sentences.shift();
  tell.isNew = true;
  return sentence;
}

/** One sentence for all that is committed without a pause. */
function tellCommit(frame, first, at) {
  const told = tellCommit.latest;
  if (told && told.id === frame.id && told.values.t === frame.term && at - told.until < PAUSE &&
      sentences[sentences.length - 1] === told.sentence) {
    told.values.b = frame.commit;
    told.until = at;
    tell.isNew = true;
    return;
  }
  const values = { a: first, b: frame.commit, t: frame.term };
  const sentence = tell(frame.id, () => values.a === values.b ? "sCommitted" : "sCommittedMany", values, at);
  tellCommit.latest = { id: frame.id, values, until: at, sentence };
}

function drawSentences() {
  if (!tell.isNew) return;
  tell.isNew = false;
  const list = byID("sentences");
  const old = new Map([...list.children].map((item) => [item.sentence, item]));
  const items = sentences.slice().reverse().map((sentence) => {
    const known = old.get(sentence);
    if (known) { setText(known.lastChild, sentence.words()); return known; }
    const item = make("li", sentence.isBad ? "bad" : "");
    item.sentence = sentence;
    const dot = make("span", "dot");
    if (sentence.term !== undefined) dot.style.background = termColour(sentence.term);
    const time = make("time", "", new Date(sentence.at).toLocaleTimeString(language, { hour12: false }));
    item.append(time, dot, make("span", "", sentence.words()));
    return item;
  });
  list.replaceChildren(...items);
}

// --- Showing

function members() {
  const all = [...nodes.values()].filter((node) => node.isMember || node.id === own);
  return all.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function isHere(node) { return node.isHeard && performance.now() - node.heard < SILENCE; }

function leaderNow() {
  const leaders = members().filter((node) => isHere(node) && node.frame && node.frame.role === "leader");
  return leaders.sort((a, b) => b.frame.term - a.frame.term)[0];
}

function viewOf(node, leader) {
  const frame = node.frame;
  const progress = leader && leader.frame.peers.find((peer) => peer.id === node.id);
  const state = isHere(node) ? "here" : progress && progress.active ? "hidden" : "gone";
  const view = {
    id: node.id, name: node.name, state, role: frame ? frame.role : "follower",
    term: state === "hidden" && leader ? leader.frame.term : frame ? frame.term : 0,
    self: node.id === own && nodes.size > 1 ? say("self") : "", more: "",
  };
  if (state === "here") {
    view.line = node.voter ? say(frame.role) : say("learner");
    if (!frame.started) view.line = say("starting");
    view.more = frame.problem || say("term", { t: String(frame.term) });
  } else {
    view.line = say(state);
    if (progress && progress.match > 0) view.more = say("match", { m: String(progress.match) });
  }
  if (frame) {
    Object.assign(view, {
      first: frame.log.from, cells: frame.log.entries, last: frame.last, commit: frame.commit,
      applied: frame.applied,
      span: say("span", { l: String(frame.last), c: String(frame.commit), a: String(frame.applied) }),
    });
  } else {
    Object.assign(view, { cells: [], last: 0, commit: 0, applied: 0, span: say("unknown") });
  }
  return view;
}

function draw() {
  const all = members();
  const leader = leaderNow();
  const views = all.map((node) => viewOf(node, leader));
  const links = leader ? leader.frame.peers.map((peer) => ({
    from: leader.id, to: peer.id, state: peer.active ? "active" : "silent",
    text: peer.active && peer.rtt > 0 ? say("ms", { v: peer.rtt < 10 ? peer.rtt.toFixed(1) : String(Math.round(peer.rtt)) }) : "",
  })) : [];
  picture.draw(views, links);
  strips.draw(views);
  drawSummary(all, leader);
  drawSentences();
  drawKeys();
  drawEvents();
}

function drawSummary(all, leader) {
  const summary = byID("summary");
  const here = all.filter(isHere);
  const voters = all.filter((node) => node.voter);
  const majority = Math.floor(voters.length / 2) + 1;
  const answering = voters.filter(isHere).length;
  let text;
  if (!all.length) text = say(isRefused ? "refused" : "connecting");
  else if (!here.length) text = say("lost");
  else if (leader && all.length === 1) text = say("leadsAlone", { n: leader.name, t: String(leader.frame.term) });
  else if (leader) text = say("leads", { n: leader.name, c: all.length, t: String(leader.frame.term) });
  else if (answering < majority) text = say("noMajority", { a: answering, c: voters.length, m: majority });
  else text = say("noLeader");
  setText(summary, text);
  summary.className = leader || !all.length ? "" : "bad";
  document.title = all.length ? `${text} – Mini-etcd` : "Mini-etcd";
  let rate = 0;
  const [first, last] = [commits[0], commits[commits.length - 1]];
  if (last && performance.now() - last.at < 1500 && last.at - first.at > 200) {
    rate = Math.round((last.index - first.index) / (last.at - first.at) * 1000);
  }
  setText(byID("rate"), leader ? say("rate", { r: rate }) : "");
}

// --- Keys

function takeKeys(news) {
  const before = keys && new Map(keys.keys.map((key) => [key.k, key.m]));
  keys = news;
  keys.changed = new Set();
  if (before) for (const key of keys.keys) if (before.get(key.k) !== key.m) keys.changed.add(key.k);
  keys.isNew = true;
}

function serverNow() { return clock.time + performance.now() - clock.at; }

function drawKeys() {
  if (!keys) return;
  if (keys.isNew) {
    keys.isNew = false;
    byID("keys").replaceChildren(...keys.keys.map(keyRow));
    setText(byID("count"), keys.files > keys.shown ? say("firstKeys", { n: keys.files, s: keys.shown }) : say("someKeys", { n: keys.files }));
    byID("empty").hidden = keys.keys.length > 0;
  }
  for (const row of byID("keys").children) {
    if (row.expires === undefined) continue;
    const left = Math.max(0, Math.ceil((row.expires - serverNow()) / 1000));
    setText(row.lastChild, say("seconds", { s: left }));
  }
}

function keyRow(key) {
  const row = make("tr", keys.changed.has(key.k) ? "changed" : "");
  const parts = key.k.split("/");
  const name = make("td", "name");
  name.style.setProperty("--depth", parts.length - 2);
  const button = make("button", "", parts[parts.length - 1] + (key.d ? "/" : ""));
  button.type = "button";
  button.title = key.k;
  button.addEventListener("click", () => {
    byID("form").elements.key.value = key.k.slice(1);
    if (!key.d && key.n === undefined) byID("form").elements.value.value = key.v;
  });
  name.append(button);
  const value = make("td", "value");
  if (key.d) value.append(make("i", "", say("directory")));
  else {
    value.textContent = key.v;
    value.title = key.v;
    if (key.n !== undefined) value.append(" … ", make("i", "", say("bytes", { n: key.n })));
  }
  row.append(name, value, make("td", "life"));
  if (key.x !== undefined) row.expires = key.x;
  return row;
}

function drawEvents() {
  if (changes === drawEvents.drawn) return;
  drawEvents.drawn = changes;
  byID("events").replaceChildren(...changes.slice().reverse().map((change) => {
    const item = make("li");
    const key = change.k.slice(1);
    const code = make("code", "", change.v === undefined ? key : `${key} = ${change.v}`);
    code.title = code.textContent;
    item.append(make("span", "n", `${change.i}`), make("span", "", say(change.a)), code);
    return item;
  }));
}

// --- Writing and reading, by the same requests as curl's

let waiting; // the watch that runs

byID("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { key, value, ttl } = event.target.elements;
  const deed = event.submitter ? event.submitter.value : "get";
  if (deed === "watch" && waiting) return waiting.abort();
  const requests = {
    put: () => {
      const body = { key: key.value, value: value.value };
      if (ttl.value) body.ttl = Number(ttl.value);
      return ["POST", "/put", JSON.stringify(body)];
    },
    delete: () => ["DELETE", `/delete?key=${encodeURIComponent(key.value)}`],
    get: () => ["GET", `/get?key=${encodeURIComponent(key.value)}`],
    watch: () => ["GET", `/watch?key=${encodeURIComponent(key.value)}`],
  };
  await ask(deed, ...requests[deed]());
});

async function ask(deed, method, target, body) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const command = "curl " + (method === "GET" ? "" : `-X ${method} `) + (body ? `-d ${quoted(body)} ` : "") +
    quoted(location.origin + target);
  const button = byID("form").elements.watch;
  let controller;
  if (deed === "watch") {
    controller = waiting = new AbortController();
    button.textContent = say("stop");
  }
  show(`${command}\n` + (deed === "watch" ? say("watching") : ""));
  try {
    const answer = await fetch(target, { method, body, signal: controller && controller.signal });
    show(`${command}\n${answer.status} ${(await answer.text()).trimEnd()}`);
  } catch {
    show(`${command}\n${say(controller && controller.signal.aborted ? "stopped" : "noAnswer")}`);
  }
  if (controller) { waiting = undefined; button.textContent = "watch"; }
}

function show(text) {
  const answer = byID("answer");
  answer.hidden = false;
  answer.textContent = text;
}

// --- The rest

byID("language").addEventListener("click", () => {
  language = language === "en" ? "zh" : "en";
  remembered("language", language);
  translate();
  tell.isNew = true;
  drawEvents.drawn = undefined;
  if (keys) keys.isNew = true;
  isDirty = true;
});

watchPolicy(document);
byID("notice").lastElementChild.addEventListener("click", () => location.reload());

translate();
listen("", true);
let lastDraw = 0;
function frame(now) {
  const self = nodes.get(own);
  if (self && self.frame) {
    const writes = self.frame.writes;
    if (frame.writes !== writes) {
      frame.writes = writes;
      byID("readonly").hidden = writes;
      for (const part of document.querySelectorAll(".write")) part.hidden = !writes;
    }
  }
  // Time alone changes what is shown: lives run down, and silence becomes telling.
  if (isDirty || now - lastDraw > 250) {
    for (const node of members()) if (node.isHeard && !isHere(node)) fail(node);
    isDirty = false;
    lastDraw = now;
    draw();
  }
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
