extension SingleCases {
  /// Set, create, in-order names, update, compare-and-swap: facts 1 to 8, 15 to 21.
  static let writing = """
    a set makes a new createdIndex each time
    PUT /a value=1
    PUT /a value=2
    GET /a
    PUT /a
    GET /a
    PUT /a value=
    HEAD /a

    parents are made on the way and share the index
    PUT /a/b/c/d value=1
    GET /a?recursive=true&sorted=true
    GET /a/b
    GET /a/b/c
    PUT /a/b/x value=2
    GET /a/b?sorted=true
    PUT /a/b/c/d value=3
    GET /a?recursive=true&sorted=true
    HEAD /a?recursive=true&sorted=true

    directories
    PUT /d dir=true
    GET /d
    PUT /d dir=true
    PUT /d value=1
    PUT /d dir=true value=1
    PUT /d/e/f dir=true
    GET /d?recursive=true
    PUT /f value=1
    PUT /f dir=true
    GET /f
    PUT /g dir=true value=dropped
    GET /g
    PUT /h?dir=true value=x
    GET ?sorted=true
    PUT /d prevExist=false dir=true
    PUT /d prevExist=false value=1
    PUT /d prevExist=true value=1
    PUT /d prevExist=true
    GET /d
    PUT /d/e prevExist=true dir=true
    GET /d?recursive=true
    PUT /d prevExist=true dir=true ttl=100
    GET /d
    PUT /d prevExist=true
    GET /d
    PUT /d prevIndex=1 value=2
    PUT /d prevValue=1 value=2
    PUT /d prevValue=1 prevExist=true value=2

    a file in the way
    PUT /f value=1
    PUT /f/x value=1
    PUT /f/x/y/z value=1
    GET /f/x
    HEAD /f/x
    GET /f/x/y
    PUT /f/x dir=true
    PUT /f/x value=1 prevExist=false
    PUT /f/x value=1 prevExist=true
    PUT /f/x value=1 prevValue=1
    PUT /f/x value=1 prevIndex=1
    PUT /f/x ttl=10 refresh=true
    POST /f value=1
    POST /f/x value=1
    DELETE /f/x
    DELETE /f/x?recursive=true
    DELETE /f/x?prevValue=1
    GET /f

    create
    PUT /a value=1 prevExist=false
    PUT /a value=2 prevExist=false
    GET /a
    PUT /b/c value=2 prevExist=false
    PUT /d dir=true prevExist=false
    PUT /e value=1 prevExist=false prevValue=x prevIndex=3
    PUT /e value=1 prevExist=false prevValue=1
    PUT /f?prevExist=false
    GET ?recursive=true&sorted=true
    PUT /t value=1 prevExist=false ttl=100
    GET /t

    names in order
    POST /q value=1
    POST /q value=2
    POST /q
    GET /q?sorted=true
    POST /q dir=true
    POST /q value=3 ttl=100
    POST /q value=4 prevValue=x prevIndex=1 prevExist=true
    POST /q value=5 prevExist=false
    POST /n/e/w value=6
    POST /q?value=7
    POST /q/ value=8
    GET /q?sorted=true&recursive=true
    POST /q value=9 refresh=true ttl=100
    POST /q refresh=true ttl=100

    update
    PUT /a prevExist=true value=1
    PUT /a/b/c prevExist=true value=1
    PUT /a value=1
    PUT /a prevExist=true value=2
    GET /a
    PUT /a prevExist=true
    GET /a
    PUT /a prevExist=true dir=true value=3
    GET /a
    PUT /a prevExist=true value=4 ttl=100
    PUT /a prevExist=true value=5
    GET /a
    PUT /x/y/z value=1
    PUT /x/q/z value=1 prevExist=true
    PUT /x/y/w value=1 prevExist=true

    a time to live is taken away by what gives none
    PUT /a value=1 ttl=100
    GET /a
    PUT /a value=2
    GET /a
    PUT /a value=3 ttl=200
    PUT /a value=4 prevValue=3
    GET /a
    PUT /a value=5 ttl=200
    PUT /a value=6 prevExist=true
    PUT /a value=7 ttl=300 prevIndex=$I
    GET /a
    DELETE /a
    PUT /d dir=true ttl=100
    PUT /d/k value=1 ttl=50
    GET /d?recursive=true
    GET ?recursive=true&sorted=true
    PUT /d prevExist=true ttl=500
    DELETE /d?recursive=true
    PUT /n value=1 ttl=
    PUT /n value=1 ttl=0000100
    PUT /far value=1 ttl=4000000000
    PUT /farther value=1 ttl=9223372036
    PUT /farthest value=1 ttl=9300000000

    values are bytes and answers escape them
    PUT /a value=%3Ca%3E%26%22%5C%2F%27
    PUT /a value=%E2%80%A8%E2%80%A9%7F
    PUT /a value=%00%01%08%09%0A%0B%0C%0D%1F
    PUT /a value=%FF%C3%28%E9%20x%F0%9F%98%80
    PUT /a value=%ED%A0%80%C0%AF%F4%90%80%80
    PUT /a value=a+b%2Bc
    PUT /a value=\u{E9}\u{65}\u{301}
    PUT /a prevValue=%3C value=1
    PUT /a prevValue=%FF value=1
    GET /a

    nothing is left of what was refused
    PUT /x/y value=1 prevExist=true
    PUT /x/y value=1 prevValue=1
    PUT /x/y value=1 refresh=true
    PUT /x/y ttl=10 refresh=true
    GET /x
    GET ?recursive=true

    noValueOnSuccess
    PUT /a value=1 noValueOnSuccess=true
    PUT /a value=2 noValueOnSuccess=true
    PUT /a value=3 prevExist=true noValueOnSuccess=true
    PUT /a value=4 prevValue=3 noValueOnSuccess=true
    PUT /b value=4 prevExist=false noValueOnSuccess=true
    POST /q value=4 noValueOnSuccess=1
    PUT /a value=4 prevValue=9 noValueOnSuccess=true
    GET /a?noValueOnSuccess=true
    DELETE /b?noValueOnSuccess=true
    DELETE /a?prevValue=4&noValueOnSuccess=true
    """

  /// What compares before it changes.
  static let conditions = """
    compare and swap
    PUT /a value=1 prevValue=1
    PUT /a value=1 prevIndex=7
    PUT /a value=1
    PUT /a value=2 prevValue=1
    PUT /a value=3 prevValue=1
    PUT /a value=3 prevIndex=$I
    PUT /a value=4 prevIndex=$I-1
    PUT /a value=4 prevIndex=1 prevValue=x
    PUT /a value=4 prevIndex=$I prevValue=x
    PUT /a value=4 prevIndex=1 prevValue=3
    PUT /a value=4 prevIndex=$I prevValue=3
    PUT /a value=5 prevIndex=0
    PUT /a value=6 prevIndex=0 prevValue=4
    PUT /a value=6 prevIndex=0 prevValue=5
    PUT /a value=7 prevExist=true prevValue=6
    PUT /a value=7 prevExist=true prevValue=6
    PUT /a value=7 prevExist=true prevIndex=0
    PUT /a prevValue=7
    PUT /a value=8 prevIndex=18446744073709551615
    GET /a
    PUT /a dir=true prevIndex=$I
    GET /a

    compare and delete
    DELETE /a?prevValue=1
    DELETE /a?prevIndex=1
    PUT /a value=1
    DELETE /a?prevValue=2
    DELETE /a?prevIndex=1
    DELETE /a?prevIndex=1&prevValue=2
    DELETE /a?prevIndex=1&prevValue=1
    DELETE /a?prevIndex=$I&prevValue=2
    DELETE /a?prevIndex=$I&prevValue=1
    PUT /a value=1
    DELETE /a?prevIndex=$I
    PUT /a value=1
    DELETE /a?prevIndex=0
    PUT /d/x value=1
    DELETE /d?prevValue=1
    DELETE /d?prevIndex=1&recursive=true
    DELETE /d?prevIndex=1&dir=true&recursive=true
    DELETE /d/x?prevValue=1&dir=true&recursive=true
    DELETE /d/x/y?prevValue=1

    the root cannot be changed
    PUT @/v2/keys value=1
    PUT @/v2/keys/ value=1
    PUT @/v2/keys dir=true
    PUT @/v2/keys prevExist=true
    PUT @/v2/keys prevExist=true value=1
    PUT @/v2/keys prevExist=false
    PUT @/v2/keys prevValue=1
    PUT @/v2/keys prevIndex=1
    PUT @/v2/keys refresh=true ttl=1
    PUT @/v2/keys refresh=true ttl=1 prevExist=true
    DELETE @/v2/keys
    DELETE @/v2/keys?dir=true
    DELETE @/v2/keys/?recursive=true
    DELETE @/v2/keys?prevValue=1
    DELETE @/v2/keys?prevIndex=1&recursive=true
    """

  /// Deleting: facts 2, 4, 18.
  static let removing = """
    files
    DELETE /a
    PUT /a value=1
    DELETE /a
    DELETE /a
    PUT /a value=1
    DELETE /a?dir=true
    PUT /a value=1
    DELETE /a?recursive=true
    PUT /a value=1 ttl=100
    DELETE /a?recursive=true&dir=false
    DELETE /x/y/z
    DELETE /x/y/z?recursive=true

    directories
    PUT /d dir=true
    DELETE /d
    DELETE /d?dir=false
    DELETE /d?dir=true
    PUT /d/a/b value=1
    DELETE /d
    DELETE /d?dir=true
    DELETE /d/a/b
    DELETE /d?dir=true
    DELETE /d/a?dir=true
    GET /d
    PUT /d/_h value=1
    DELETE /d?dir=true
    DELETE /d?dir=true&recursive=false
    DELETE /d?recursive=true&dir=false
    GET /d
    PUT /d/a/b/c value=1
    DELETE /d/a?recursive=true
    GET /d
    DELETE /d?recursive=true
    GET /d/a/b/c

    a body does not count
    PUT /a value=1
    DELETE /a [application/x-www-form-urlencoded] prevValue=2
    PUT /d dir=true
    DELETE /d [application/x-www-form-urlencoded] dir=true
    GET /d [application/x-www-form-urlencoded] recursive=%zz
    """

  /// Facts 34 and 35.
  static let listings = """
    hidden names
    PUT /d/_h value=1
    GET /d
    PUT /d/_g/a value=1
    PUT /d/_g/_b value=1
    GET /d?recursive=true
    GET /d/_g
    GET /d/_g?recursive=true
    GET /d/_h
    PUT /d/e/_f/g value=1
    PUT /d/e/h value=1
    GET /d?recursive=true&sorted=true
    GET /d/e?sorted=true
    GET /d/e/_f
    POST /_q value=1
    GET /_q?sorted=true
    PUT /a_b value=1
    PUT /_ value=1
    GET ?sorted=true
    GET /_

    order
    PUT /b value=1
    PUT /a value=1
    PUT /a/x value=1
    PUT /Z value=1
    PUT /a-b value=1
    PUT /%FF value=1
    PUT /%C3%A9 value=1
    PUT /ab/c value=1
    PUT /a.b value=1
    PUT /10 value=1
    PUT /9 value=1
    GET ?sorted=true
    GET ?sorted=true&recursive=true
    GET ?sorted=TRUE&recursive=1
    GET /ab?recursive=false
    GET /ab/c?recursive=true
    GET /nothing?recursive=true

    depth
    PUT /1/2/3/4/5/6/7/8/9/10/11/12 value=deep
    PUT /1/2/3/z value=1
    PUT /1/2/3/4/5/a dir=true
    GET /1?recursive=true&sorted=true
    GET /1/2/3/4/5?recursive=true&sorted=true
    GET /1/2?recursive=false&sorted=true
    DELETE /1/2/3/4?recursive=true
    GET /1?recursive=true&sorted=true
    """

  /// Fact 43.
  static let refreshing = """
    refresh
    PUT /a refresh=true ttl=100
    PUT /a value=1 ttl=50
    PUT /a refresh=true ttl=100
    GET /a
    PUT /a refresh=true ttl=100 prevExist=true
    GET /a
    PUT /a refresh=true ttl=100 prevValue=1
    PUT /a refresh=true ttl=100 prevValue=2
    PUT /a refresh=true ttl=200 prevIndex=$I
    PUT /a refresh=true ttl=100 value=
    PUT /a refresh=true ttl=100 prevExist=false
    PUT /b refresh=true ttl=100 prevExist=false
    GET /b
    PUT /b refresh=false value=1
    PUT /b refresh=true ttl=100
    GET /b
    PUT /b refresh=true ttl=100 dir=true
    GET /b

    refresh of a directory
    PUT /d dir=true ttl=50
    PUT /d refresh=true ttl=100
    PUT /d refresh=true ttl=100 dir=true
    PUT /d refresh=true ttl=100 prevExist=true
    PUT /d refresh=true ttl=100 prevExist=true dir=true
    PUT /d refresh=true ttl=100 prevValue=1
    GET /d
    PUT /e refresh=true ttl=100 dir=true
    PUT /x/y refresh=true ttl=100 prevExist=true

    refusals
    PUT /a refresh=true
    PUT /a refresh=true value=1
    PUT /a refresh=true value=1 ttl=1
    PUT /a refresh=true ttl=
    GET /a?refresh=true
    GET /a?refresh=true&value=1
    DELETE /a?refresh=true
    POST /a refresh=true value=1 ttl=1
    PUT /a refresh=1 value=1
    PUT /a refresh=yes
    PUT /a refresh=
    """
}
