import RunSupport
import Testing

/// Chinese pages are set as the glossary says.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct TypographyTests {
  @Test(arguments: Repository.chinesePages)
  func `Chinese is set by its rules`(path: String) throws {
    let page = try Repository.page(path)
    for (line, text) in page.prose {
      for claim in Typography.broken(by: text) {
        Issue.record("\(page.place(line)): \(claim): \(text)")
      }
    }
  }

  @Test(arguments: [
    "领导者用 Raft 复制日志，见 `Sources/Raft`。", "**目标：** 写入 10 MiB，占 5%（其余为空）。",
    "`b`、`end` 是“批次”的编号。", "[第 1 步](README.zh.md)：存储", "MIT 许可证。", "| 密钥（`a`） | 证书 |",
    "Ctrl-C 之后，服务器停止。",
  ])
  func `well set lines are accepted`(line: String) {
    #expect(Typography.broken(by: line) == [])
  }

  @Test(arguments: [
    ("用Raft复制", "a space between 汉字 and Latin letters or digits"),
    ("第1步", "a space between 汉字 and Latin letters or digits"),
    ("见`a`", "a space between 汉字 and Latin letters or digits"),
    ("等待 30s", "a space between a number and its unit"),
    ("占 5 %", "no space before % and °"),
    ("好,", "full-width punctuation in Chinese"),
    ("存储 (内存) 里", "full-width brackets in Chinese"),
    ("好， 坏", "no space beside full-width punctuation"),
    ("日志 条目", "no space between 汉字"),
    ("第 １ 步", "half-width digits and letters"),
    ("「日志」", "quotes “ ”"),
    ("用 Etcd 写", "names in their own case"),
    ("领导人", "the word of the glossary"),
  ])
  func `a broken rule is found`(line: String, claim: String) {
    #expect(Typography.broken(by: line).contains(claim))
  }

  @Test func `every rule can be broken`() {
    #expect(Typography.rules.count == 11)
  }
}
