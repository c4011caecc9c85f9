"use strict";
// The picture language of both pages: a node is a circle, its colour the term, its shape the role;
// a log is a strip of cells, coloured by term; a message is a dot on its way.

const SVG = "http://www.w3.org/2000/svg";
const TERM_COLOURS = 8;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function termColour(term) { return `var(--t${term % TERM_COLOURS})`; }

function shape(name, attributes, parent, text) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

function make(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function cut(text, length) {
  const letters = [...text];
  return letters.length > length ? letters.slice(0, length - 1).join("") + "…" : text;
}

function setText(element, text) { if (element.textContent !== text) element.textContent = text; }
function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** The width of an element, asked for only after the window's has changed: the answer costs a layout. */
class Width {
  constructor(element) {
    this.element = element;
    addEventListener("resize", () => { this.known = 0; });
  }
  get value() { return this.known || (this.known = this.element.clientWidth); }
}

/** Nodes in a circle, links between them, and dots that move along the links. */
class NodePicture {
  constructor(svg) {
    this.svg = svg;
    this.nodes = new Map();
    this.links = new Map();
    this.linkLayer = shape("g", {}, svg);
    this.dotLayer = shape("g", {}, svg);
    this.nodeLayer = shape("g", {}, svg);
    this.positions = new Map();
    this.dots = 0;
    this.width = new Width(svg);
  }

  /**
   * nodes: [{id, name, role, term, state: "here" | "hidden" | "gone", line, more, self}]
   * links: [{from, to, state: "active" | "slow" | "silent", text}]
   * The same object as before is drawn as it was.
   */
  draw(nodes, links) {
    this.place(nodes);
    const present = new Set();
    for (const node of nodes) {
      present.add(node.id);
      const parts = this.nodes.get(node.id) || this.addNode(node.id);
      if (parts.node === node && parts.order === this.order) continue;
      [parts.node, parts.order] = [node, this.order];
      const { x, y } = this.position(node.id);
      const role = node.state === "here" ? node.role : node.state === "gone" ? "gone" : "follower";
      setAttribute(parts.group, "class", role);
      setAttribute(parts.group, "transform", `translate(${x} ${y})`);
      const colour = termColour(node.term);
      parts.ring.style.stroke = colour;
      parts.body.style.fill = role === "gone" ? "" : colour;
      setText(parts.name, cut(node.name, 8));
      setText(parts.title, node.name);
      setText(parts.line, node.line);
      setText(parts.more, node.more);
      setText(parts.self, node.self || "");
    }
    for (const [id, parts] of this.nodes) {
      if (!present.has(id)) { parts.group.remove(); this.nodes.delete(id); }
    }
    this.drawLinks(links);
  }

  place(nodes) {
    const ids = nodes.map((node) => node.id);
    // A narrow window shows less space around the nodes, and not smaller letters.
    const width = this.width.value < 430 ? 350 : 520;
    const order = `${width} ${ids.join()}`;
    if (order === this.order) return;
    this.order = order;
    setAttribute(this.svg, "viewBox", `0 0 ${width} 330`);
    const middle = width / 2;
    this.middle = { x: middle, y: 152 };
    this.positions = new Map(ids.map((id, place) => {
      if (ids.length === 1) return [id, { x: middle, y: 140 }];
      const angle = (place / ids.length) * 2 * Math.PI - Math.PI / 2;
      const [rx, ry] = [middle - (ids.length === 3 ? 60 : 70), 108];
      const turned = ids.length === 2 ? angle - Math.PI / 2 : angle;
      const lift = ids.length === 3 ? 22 : 0;
      return [id, { x: middle + rx * Math.cos(turned), y: 152 + lift + ry * Math.sin(turned) }];
    }));
  }

  position(id) { return this.positions.get(id); }

  addNode(id) {
    const group = shape("g", {}, this.nodeLayer);
    const parts = {
      group, title: shape("title", {}, group),
      ring: shape("circle", { r: 41, class: "ring" }, group),
      body: shape("circle", { r: 34, class: "body" }, group),
      name: shape("text", { y: 5, class: "name" }, group),
      line: shape("text", { y: 60, class: "role" }, group),
      more: shape("text", { y: 76, class: "more" }, group),
      self: shape("text", { y: -47, class: "self" }, group),
    };
    this.nodes.set(id, parts);
    return parts;
  }

  drawLinks(links) {
    if (this.drawnLinks === links && this.drawnOrder === this.order) return;
    [this.drawnLinks, this.drawnOrder] = [links, this.order];
    const present = new Set();
    for (const link of links) {
      const [a, b] = [this.position(link.from), this.position(link.to)];
      if (!a || !b) continue;
      const key = `${link.from} ${link.to}`;
      present.add(key);
      let parts = this.links.get(key);
      if (!parts) {
        parts = { line: shape("line", {}, this.linkLayer), text: shape("text", { class: "speed" }, this.linkLayer) };
        this.links.set(key, parts);
      }
      setAttribute(parts.line, "class", `link ${link.state}`);
      for (const [name, value] of [["x1", a.x], ["y1", a.y], ["x2", b.x], ["y2", b.y]]) {
        setAttribute(parts.line, name, value);
      }
      // Beside the link, on the side of the middle and away from the leader: what the nodes say of
      // themselves is elsewhere.
      const [x, y] = [a.x + (b.x - a.x) * 0.6, a.y + (b.y - a.y) * 0.6];
      const [inwardsX, inwardsY] = [this.middle.x - x, this.middle.y - y];
      const part = 24 / Math.max(48, Math.hypot(inwardsX, inwardsY));
      setAttribute(parts.text, "x", x + inwardsX * part);
      setAttribute(parts.text, "y", y + inwardsY * part + 4);
      setText(parts.text, link.text);
    }
    for (const [key, parts] of this.links) {
      if (!present.has(key)) { parts.line.remove(); parts.text.remove(); this.links.delete(key); }
    }
  }

  /** A message on its way: decoration, and so left out for readers who want no movement. */
  send(from, to, term, isLarge) {
    const [a, b] = [this.position(from), this.position(to)];
    if (!a || !b || calm.matches || document.hidden || this.dots > 40) return;
    const dot = shape("circle", { r: isLarge ? 6 : 3.5 }, this.dotLayer);
    dot.style.fill = termColour(term);
    this.dots += 1;
    const end = () => { dot.remove(); this.dots -= 1; };
    const move = dot.animate(
      [{ transform: `translate(${a.x}px, ${a.y}px)` }, { transform: `translate(${b.x}px, ${b.y}px)` }],
      { duration: 500, easing: "ease-in-out" });
    move.onfinish = end;
    move.oncancel = end;
  }
}

/** The ends of all logs, one above the other, with the same index in the same column. */
class LogStrips {
  constructor(place, hint) {
    this.place = place;
    this.hint = hint;
    this.rows = new Map();
    this.axis = this.addRow("axis");
    this.columns = 0;
    this.width = new Width(this.axis.cells);
  }

  addRow(className) {
    const row = make("div", `strip ${className}`);
    const who = make("div", "who");
    const cells = make("div", "cells");
    row.append(who, cells);
    this.place.append(row);
    return { row, who, name: who.appendChild(make("span")), small: who.appendChild(make("small")), cells };
  }

  /** nodes: as for the picture, and {first, cells: [[term, kind, text]], last, commit, applied, span} */
  draw(nodes) {
    const columns = Math.max(6, Math.min(28, Math.floor((this.width.value || 300) / 34)));
    const end = Math.max(columns, ...nodes.map((node) => node.last || 0));
    const start = end - columns + 1;
    if (columns !== this.columns) {
      this.columns = columns;
      for (const row of [this.axis, ...this.rows.values()]) row.cells.replaceChildren();
    }
    this.fill(this.axis, "span");
    if (this.axis.start !== start || this.axis.columns !== columns) {
      [this.axis.start, this.axis.columns] = [start, columns];
      [...this.axis.cells.children].forEach((cell, place) => {
        const index = start + place;
        setText(cell, (index % 4 === 0 || columns < 8) ? String(index) : "");
      });
    }
    const present = new Set();
    for (const node of nodes) {
      present.add(node.id);
      let row = this.rows.get(node.id);
      if (!row) { row = this.addRow(""); this.rows.set(node.id, row); this.follow(row, node.id); }
      if (row.node === node && row.start === start && row.columns === columns) continue;
      row.columns = columns;
      row.row.classList.toggle("gone", node.state !== "here");
      setText(row.name, node.name);
      setText(row.small, node.span);
      row.cells.setAttribute("aria-label", `${node.name}: ${node.span}`);
      this.fill(row, "i");
      row.node = node;
      row.start = start;
      [...row.cells.children].forEach((cell, place) => this.paint(cell, node, start + place, row));
    }
    for (const [id, row] of this.rows) {
      if (!present.has(id)) { row.row.remove(); this.rows.delete(id); }
    }
  }

  fill(row, name) {
    while (row.cells.children.length < this.columns) row.cells.append(make(name));
  }

  paint(cell, node, index, row) {
    const entry = node.cells && node.cells[index - node.first];
    let className = "cell";
    if (!entry) className += " none";
    else className += ` t${entry[0] % TERM_COLOURS}` + (index <= node.commit ? " committed" : "");
    if (entry && index === node.applied) className += " applied";
    if (row.chosen === index) className += " chosen";
    if (cell.className !== className) cell.className = className;
    setText(cell, entry ? String(entry[0]) : "");
  }

  /** What an entry says, under the pointer and by the arrow keys. */
  follow(row, id) {
    row.cells.tabIndex = 0;
    row.cells.setAttribute("role", "group");
    const show = (index) => {
      row.chosen = index;
      const { node } = row;
      const entry = node.cells && node.cells[index - node.first];
      [...row.cells.children].forEach((cell, place) => this.paint(cell, node, row.start + place, row));
      if (entry) this.hint.textContent = `${node.name} · ` + entryText(index, entry);
    };
    const hide = () => {
      row.chosen = undefined;
      [...row.cells.children].forEach((cell, place) => this.paint(cell, row.node, row.start + place, row));
    };
    row.cells.addEventListener("pointerover", (event) => {
      const place = [...row.cells.children].indexOf(event.target);
      if (place >= 0) show(row.start + place);
    });
    row.cells.addEventListener("pointerleave", hide);
    row.cells.addEventListener("blur", hide);
    row.cells.addEventListener("focus", () => show(row.node.last));
    row.cells.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const index = (row.chosen === undefined ? row.node.last : row.chosen) + step;
      show(Math.max(row.start, Math.min(row.start + this.columns - 1, index)));
    });
  }
}

function entryText(index, [term, kind, text]) {
  const said = kind === "n" ? say("noOp") : kind === "m" ? say("membership", { x: text }) : text;
  return say("entry", { i: index, t: term, x: said });
}
