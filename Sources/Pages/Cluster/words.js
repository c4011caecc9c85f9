"use strict";
// Every word on the page, in both languages. {names} are filled in by say().
const WORDS = {
  en: {
    connecting: "Connecting …", refused: "Too many pages are open on this node: close one",
    reload: "Reload", nodes: "Nodes", happened: "What happened",
    logs: "Logs", keys: "Keys", try: "Try it", events: "Events", key: "key", value: "value",
    ttl: "seconds to live", noKeys: "No keys yet. Put one.", colour: "colour: the term",
    follower: "follower", preCandidate: "asks around", candidate: "candidate", leader: "leader",
    gone: "no answer", hidden: "not seen from here", learner: "learner", starting: "starting",
    term: "term {t}", self: "served this page",
    cellHint: "Point at an entry, or move with the arrow keys, to read it.",
    committedEntry: "committed entry of term 3", openEntry: "not committed yet",
    appliedMark: "applied up to here",
    readonly: "This server is reached from other machines, so this page only reads. " +
      "Start it with -ui-writes to write from here.",
    leads: "{n} leads {c} nodes in term {t}", leadsAlone: "{n} serves alone, in term {t}",
    noLeader: "No leader: the nodes are electing one", lost: "No node answers",
    noMajority: "No leader: {a} of {c} nodes answer, and a majority is {m}",
    rate: "entries committed per second: {r}", ms: "{v} ms",
    span: "last {l} · committed {c} · applied {a}", unknown: "nothing known",
    match: "had entries up to {m}",
    entry: "entry {i}, term {t}: {x}", noOp: "a new leader's first entry, empty",
    membership: "the members change: {x}",
    someKeys: "{n}", firstKeys: "the first {s} of {n}", directory: "directory",
    bytes: "{n} bytes in all", seconds: "{s} s",
    newMembers: "There are new members: reload the page to see them by themselves.",
    sStarted: "{n} started in term {t}", sAsks: "{n} hears no leader and asks whether it would win an election",
    sCandidate: "{n} asked for votes in term {t}", sWon: "{n} won the election: it leads in term {t}",
    sVoted: "{n} voted for {v} in term {t}", sFollows: "{n} follows {v} in term {t}",
    sDown: "{n} stepped down and is a follower in term {t}",
    sBack: "{n} gave up its election and is a follower in term {t}",
    sNoLeader: "{n} knows no leader", sTerm: "{n} learned of term {t}",
    sGone: "{n} does not answer any more", sAbsent: "{n} does not answer", sReturned: "{n} answers again",
    sAdded: "{n} is a member", sRemoved: "{n} is no longer a member",
    sCommitted: "{n} committed entry {b}", sCommittedMany: "{n} committed entries {a} to {b}",
    sSnapshot: "{n} wrote a snapshot", sInstalled: "{n} took over a snapshot from the leader",
    sProblem: "{n} takes no writes: {x}", sFine: "{n} takes writes again",
    set: "set", create: "created", update: "updated", compareAndSwap: "swapped", delete: "deleted",
    compareAndDelete: "deleted if equal", expire: "expired",
    noAnswer: "no answer: this node is gone, or cannot be reached", stopped: "watch stopped",
    watching: "waiting for the key to change …", stop: "stop",
    simLoading: "The run is being simulated …", play: "Play", pause: "Pause", speed: "speed",
    simNoAnswer: "raft-sim does not answer: it has ended, or cannot be reached", simNoLeader: "No leader",
    simDown: "crashed", simPaused: "stopped", network: "network",
    simPassed: "The referee has no objection. Digest {d}", simFailed: "The referee objects: {x}",
    kindVote: "vote", kindAppend: "entries", kindBeat: "heartbeat", kindSnapshot: "snapshot",
    messageHint: "Point at a message on its way to read it.",
    do_crash: "crash", do_restart: "restart", do_pause: "pause", do_resume: "go on",
    do_transfer: "hand over", do_write: "write", do_read: "read", do_alone: "isolate",
    do_split: "split off {x}", do_heal: "heal", do_undo: "undo the last",
    link: "link", and: "and", late: "+{v} ms",
    do_cut: "cut", do_mend: "mend", do_slow: "slow by {v} ms", do_fast: "fast again",
  },
  zh: {
    connecting: "正在连接……", refused: "这个节点上打开的页面太多：请关闭一个",
    reload: "重新加载", nodes: "节点", happened: "刚才发生了什么",
    logs: "日志", keys: "键", try: "试一试", events: "事件", key: "键", value: "值",
    ttl: "生存时间（秒）", noKeys: "还没有键，写入一个吧。", colour: "颜色：任期",
    follower: "跟随者", preCandidate: "试探选举", candidate: "候选者", leader: "领导者",
    gone: "没有响应", hidden: "从这里看不到", learner: "学习者", starting: "正在启动",
    term: "任期 {t}", self: "本页由它提供",
    cellHint: "指向一个条目，或用方向键移动，即可查看内容。",
    committedEntry: "任期 3 的已提交条目", openEntry: "尚未提交",
    appliedMark: "已应用到这里",
    readonly: "其他机器也能访问这台服务器，因此本页只读。要从这里写入，请加上 -ui-writes 启动。",
    leads: "{n} 在任期 {t} 领导 {c} 个节点", leadsAlone: "{n} 独自提供服务，任期 {t}",
    noLeader: "没有领导者：节点正在选举", lost: "没有节点响应",
    noMajority: "没有领导者：{c} 个节点中只有 {a} 个响应，多数派需要 {m} 个",
    rate: "每秒提交条目：{r}", ms: "{v} 毫秒",
    span: "末尾 {l} · 已提交 {c} · 已应用 {a}", unknown: "一无所知",
    match: "已知有到 {m} 的条目",
    entry: "条目 {i}，任期 {t}：{x}", noOp: "新领导者的第一个条目，内容为空",
    membership: "成员变更：{x}",
    someKeys: "{n} 个", firstKeys: "共 {n} 个，显示前 {s} 个", directory: "目录",
    bytes: "共 {n} 字节", seconds: "{s} 秒",
    newMembers: "有新成员加入：重新加载本页才能直接看到它们。",
    sStarted: "{n} 在任期 {t} 启动", sAsks: "{n} 听不到领导者，先试探自己能否赢得选举",
    sCandidate: "{n} 在任期 {t} 请求投票", sWon: "{n} 赢得选举，成为任期 {t} 的领导者",
    sVoted: "{n} 在任期 {t} 投票给 {v}", sFollows: "{n} 在任期 {t} 跟随 {v}",
    sDown: "{n} 退位，在任期 {t} 成为跟随者",
    sBack: "{n} 放弃选举，在任期 {t} 成为跟随者",
    sNoLeader: "{n} 不知道谁是领导者", sTerm: "{n} 得知任期 {t}",
    sGone: "{n} 不再响应", sAbsent: "{n} 没有响应", sReturned: "{n} 恢复响应",
    sAdded: "{n} 是成员", sRemoved: "{n} 不再是成员",
    sCommitted: "{n} 提交了条目 {b}", sCommittedMany: "{n} 提交了条目 {a} 到 {b}",
    sSnapshot: "{n} 写了一个快照", sInstalled: "{n} 接收了领导者的快照",
    sProblem: "{n} 不接受写入：{x}", sFine: "{n} 恢复接受写入",
    set: "写入", create: "创建", update: "更新", compareAndSwap: "比较并交换", delete: "删除",
    compareAndDelete: "比较并删除", expire: "过期",
    noAnswer: "没有响应：节点已停止，或无法访问", stopped: "已停止监听",
    watching: "等待这个键发生变化……", stop: "停止",
    simLoading: "正在模拟……", play: "播放", pause: "暂停", speed: "速度",
    simNoAnswer: "raft-sim 没有响应：它已结束，或无法访问", simNoLeader: "没有领导者",
    simDown: "已崩溃", simPaused: "已暂停", network: "网络",
    simPassed: "裁判没有异议。摘要 {d}", simFailed: "裁判提出异议：{x}",
    kindVote: "投票", kindAppend: "条目", kindBeat: "心跳", kindSnapshot: "快照",
    messageHint: "指向途中的消息，即可查看内容。",
    do_crash: "崩溃", do_restart: "重启", do_pause: "暂停", do_resume: "继续",
    do_transfer: "移交领导权", do_write: "写入", do_read: "读取", do_alone: "隔离",
    do_split: "分隔 {x}", do_heal: "恢复网络", do_undo: "撤销上一步",
    link: "链路", and: "和", late: "+{v} 毫秒",
    do_cut: "切断", do_mend: "接通", do_slow: "延迟 {v} 毫秒", do_fast: "取消延迟",
  },
};

/** The reader's choice, for the next visit; a browser may keep nothing. */
function remembered(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch { return null; }
}

let language = remembered("language") || document.documentElement.lang;
if (!WORDS[language]) language = "en";

/** A sentence with its names and numbers filled in. */
function say(name, values = {}) {
  return WORDS[language][name].replace(/\{(\w+)\}/g, (_, key) => {
    const value = values[key];
    return typeof value === "number" ? value.toLocaleString(language) : String(value);
  });
}

/** Puts the language's words into the page's fixed parts. */
function translate() {
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-t]")) {
    place.textContent = say(place.dataset.t);
  }
  const other = language === "en" ? "zh" : "en";
  const button = document.getElementById("language");
  button.textContent = other === "zh" ? "中文" : "English";
  button.lang = other;
}
