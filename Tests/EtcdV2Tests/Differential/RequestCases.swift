extension SingleCases {
  /// Facts 22 to 26 and 28.
  static let parameters = """
    numbers
    PUT /a value=1 prevIndex=
    PUT /a value=1 prevIndex=x
    PUT /a value=1 prevIndex=-1
    PUT /a value=1 prevIndex=+1
    PUT /a value=1 prevIndex=%2B1
    PUT /a value=1 prevIndex=1_0
    PUT /a value=1 prevIndex=0x1
    PUT /a value=1 prevIndex=1.0
    PUT /a value=1 prevIndex=18446744073709551616
    PUT /a value=1 prevIndex=%201
    PUT /a value=1 prevIndex=00
    GET /a?waitIndex=
    GET /a?waitIndex=x
    GET /a?waitIndex=18446744073709551616
    GET /a?waitIndex=1
    PUT /a value=1 ttl=x
    PUT /a value=1 ttl=-1
    PUT /a value=1 ttl=1.5
    PUT /a value=1 ttl=+1
    PUT /a value=1 ttl=18446744073709551616
    PUT /a value=1 ttl=%20
    GET /a?ttl=x
    DELETE /a?ttl=x

    booleans
    GET /a?recursive=yes
    GET /a?recursive=
    GET /a?recursive
    GET /a?recursive=tRUE
    GET /a?recursive=2
    GET /a?recursive=t
    GET /a?recursive=F
    GET /a?recursive=False
    GET /a?recursive=0
    GET /a?sorted=no
    GET /a?wait=no
    GET /a?wait
    GET /a?wait=false
    GET /a?dir=x
    GET /a?quorum=x
    GET /a?quorum=true
    GET /a?stream=x
    GET /a?stream=true
    GET /a?noValueOnSuccess=x
    GET /a?prevExist=x
    GET /a?prevExist=
    GET /a?refresh=x
    PUT /a value=1 prevExist=
    PUT /a value=1 prevExist=yes
    PUT /a value=1 dir=yes
    PUT /a value=1 dir=T
    PUT /a value=1 dir=f prevExist=0

    the first that is wrong in etcd's order is told
    GET /a?prevIndex=x&waitIndex=x
    GET /a?waitIndex=x&recursive=x
    GET /a?recursive=x&sorted=x
    GET /a?sorted=x&wait=x
    GET /a?wait=x&dir=x
    GET /a?dir=x&quorum=x
    GET /a?quorum=x&stream=x
    PUT /a stream=x wait=true
    PUT /a wait=true prevValue=
    GET /a?prevValue=&noValueOnSuccess=x
    GET /a?noValueOnSuccess=x&ttl=x
    GET /a?ttl=x&prevExist=x
    GET /a?prevExist=x&refresh=x
    GET /a?refresh=true&value=1
    PUT /a refresh=true value=1 prevExist=x
    PUT @/v2/keys ttl=x
    POST /a prevIndex=x dir=x

    wait is for GET
    PUT /a wait=true
    POST /a wait=true
    DELETE /a?wait=true
    HEAD /a?wait=true
    PUT /a wait=false value=1
    GET /a?wait=true&quorum=true
    GET /a?wait=true&quorum=true&recursive=true

    an empty prevValue
    PUT /a value=1 prevValue=
    GET /a?prevValue=
    GET /a?prevValue
    DELETE /a?prevValue=
    POST /a prevValue=
    PUT /a value=1 prevValue=+
    """

  /// Facts 23, 26 to 28.
  static let forms = """
    body and query
    PUT /a?value=query value=body
    PUT /a?value=query
    PUT /a?ttl=100 ttl= value=1
    PUT /a?ttl=x ttl=100 value=1
    PUT /a?prevExist=true prevExist=false value=1
    PUT /b?prevExist=true prevExist=false value=1
    PUT /a value=1 value=2
    PUT /a?dir=true dir=false
    PUT /a?prevIndex=x prevIndex=1
    POST /q?value=query value=body

    content types
    PUT /a [text/plain] value=1
    PUT /a [] value=1
    PUT /a [application/json] {"value":"1"}
    PUT /a [multipart/form-data; boundary=x] value=1
    PUT /a [APPLICATION/X-WWW-FORM-URLENCODED] value=1
    PUT /a [application/x-www-form-urlencoded; charset=utf-8] value=2
    PUT /a [application/x-www-form-urlencoded;charset="utf-8"] value=3
    PUT /a [application/x-www-form-urlencoded;] value=4
    PUT /a [application/x-www-form-urlencoded; ] value=4
    PUT /a [application/x-www-form-urlencoded ; a=b ; c=d] value=5
    PUT /a [application/x-www-form-urlencoded; =] value=6
    PUT /a [application/x-www-form-urlencoded; a] value=6
    PUT /a [application/x-www-form-urlencoded; a="b] value=6
    PUT /a [application/x-www-form-urlencoded; a="b\\"c"] value=7
    PUT /a [text/plain; =] value=6
    PUT /a [;] value=6
    PUT /a [/] value=6
    PUT /a [text/] value=6
    PUT /a [text] value=6
    PUT /a [text plain] value=6
    PUT /a [text/plain x] value=6
    PUT /a [a,b] value=6
    PUT /a [text/plain;;] value=6
    POST /a/ [text/plain] value=1
    GET /a [;] x
    DELETE /a [;] x

    escapes and separators
    PUT /a value=%zz
    PUT /a value=%
    PUT /a value=%1
    PUT /a value=%a
    PUT /a %zz=1
    PUT /a value=1;ttl=5
    PUT /a value=1 x=%zz;
    PUT /a value=%zz&a;b
    PUT /a value=%zz value=%yy
    GET /a?x=%zz
    GET /a?a;b
    GET /a?x=%zz&a;b
    GET /a?%
    PUT /a?x=%zz value=1
    PUT /a?x=%zz value=%yy
    PUT /a?a;b x=%zz
    PUT /a value=1 =x
    PUT /a [application/x-www-form-urlencoded] &&value=2&&
    PUT /a [application/x-www-form-urlencoded] value
    PUT /a [application/x-www-form-urlencoded] value=a=b=c
    PUT /a %76alue=3
    PUT /a %56alue=4
    PUT /a VALUE=5
    PUT /a value%20=6
    PUT /a +value=6
    PUT /a Value=7 unknown=8
    PUT /a? value=1
    GET /a?&&&
    GET /a?=
    PUT /a tt%6C=100 value=1
    PUT /a ttl=%31%30%30 value=1
    PUT /a ttl=1%300 value=1
    """

  /// Facts 29 to 33.
  static let paths = """
    slashes
    PUT /a/ value=1
    GET /a
    GET /a/
    PUT /a%2Fb value=2
    PUT /b%2Fc value=2
    GET /b/c
    GET /b%2Fc%2F
    GET @/v2/keys?quorum=true&prevValue=
    GET @/v2/keys/?sorted=x
    GET @/v2%2Fkeys/nothing-here
    GET @/v2/key%73/nothing-here
    GET @/v2/keysX
    GET @/v2/keys%20
    PUT @/v2/keysX value=1

    redirects
    GET //a
    GET /a//b?x=1
    GET /a/./b
    GET /a/../b
    GET /a/..
    GET /a/.
    GET /.
    GET /a//
    GET /a//b?
    PUT /a//b value=1
    POST /a//b value=1
    DELETE /a//b
    PATCH /a//b
    OPTIONS /a//b
    GET /%2e%2e/a
    GET /%2E/a
    GET /a%2F%2Fb
    GET /a%2f..%2fb
    GET /x/../../../version
    GET /../../../../../..
    GET //a%20b%3Fc
    GET //%3Ca%3E%22%27%26
    GET //%E9%C3%A9
    GET //a?b=%zz&c=<d>
    GET //a!b'c(d)e*f~g$h;i@j
    GET @//
    GET @//version
    GET @/v2//members
    GET /a/...
    GET /...
    GET /.a
    GET /a./b

    malformed escapes
    GET /%zz
    GET /a%
    GET /a%2
    PUT /%zz
    OPTIONS /%zz

    names are bytes
    PUT /%00 value=1
    GET /%00
    PUT /%FF value=2
    GET /%ff
    PUT /%C3%A9 value=3
    GET /e%CC%81
    PUT /a+b value=4
    GET /a%2Bb
    GET /a%20b
    PUT /a%20b value=5
    PUT /%3F%23%25 value=6
    GET /%3F%23%25
    PUT /%22%5C value=7
    PUT /%3Cb%3E value=8
    GET ?sorted=true
    GET /%41
    PUT /A value=9
    GET /%41
    GET /x%0Ay
    DELETE /x%0Ay
    DELETE /%FF
    """

  /// Methods, and everything outside of /v2/keys: facts 11, 12, 33, 55 to 59.
  static let others = """
    methods
    PATCH /a
    PATCH /a?prevIndex=x
    OPTIONS /a
    OPTIONS /a?prevIndex=x
    OPTIONS @/
    OPTIONS @/version
    OPTIONS @/nothing
    OPTIONS @/v2/members
    HEAD /a
    HEAD /a?prevIndex=x
    PUT /a value=1
    HEAD /a
    HEAD /a?quorum=true

    unknown paths
    GET @/
    GET @/v2
    GET @/v2/
    GET @/v2/stats
    GET @/v2/stats/
    GET @/version/
    GET @/v2/stats/self/
    GET @/nothing
    PUT @/nothing
    HEAD @/nothing
    GET @/v2/machines/
    GET @/v2/stats/leader/x

    version and statistics
    GET @/version
    GET @/version?x=%zz
    HEAD @/version
    PUT @/version
    POST @/version
    HEAD @/v2/stats/self
    PUT @/v2/stats/self
    DELETE @/v2/stats/leader
    HEAD @/v2/stats/store
    POST @/v2/machines
    PUT @/v2/machines

    members
    HEAD @/v2/members
    PATCH @/v2/members
    GET @/v2/members/nothing
    GET @/v2/members/8e9e05c52164694d/x
    DELETE @/v2/members
    PUT @/v2/members
    DELETE @/v2/members/
    DELETE @/v2/members/deadbeef
    DELETE @/v2/members/DEADBEEF
    DELETE @/v2/members/00deadbeef
    DELETE @/v2/members/nothing
    DELETE @/v2/members/-1
    DELETE @/v2/members/+1
    DELETE @/v2/members/12345678901234567890
    DELETE @/v2/members/%64eadbeef
    DELETE @/v2/members/dead/beef
    POST @/v2/members
    POST @/v2/members a=b
    POST @/v2/members [text/plain] x
    POST @/v2/members [Text/Plain; charset=utf-8] x
    POST @/v2/members [APPLICATION/JSON] {}
    POST @/v2/members [application/json] {}
    POST @/v2/members [application/json; charset=utf-8] {}
    POST @/v2/members [application/json] {"peerURLs":[]}
    POST @/v2/members [application/json] {"peerURLs":null}
    POST @/v2/members [application/json] {"peerURLs":["localhost:1"]}
    POST @/v2/members [application/json] {"peerURLs":["ftp://127.0.0.1:1"]}
    POST @/v2/members [application/json] {"peerURLs":["http://127.0.0.1"]}
    POST @/v2/members [application/json] {"peerURLs":["http://127.0.0.1:1/path"]}
    POST @/v2/members [application/json] {"peerURLs":["http://127.0.0.1:1/"]}
    POST @/v2/members [application/json] {"PEERURLS":[]}
    PUT @/v2/members/deadbeef [application/json] {"peerURLs":["http://127.0.0.1:1"]}
    PUT @/v2/members/deadbeef [application/json] {"peerURLs":[]}
    PUT @/v2/members/deadbeef [text/plain] {"peerURLs":[]}
    PUT @/v2/members/nothing [application/json] {"peerURLs":["http://127.0.0.1:1"]}
    """
}
