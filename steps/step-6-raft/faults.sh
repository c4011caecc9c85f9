# What can happen to three nodes, one thing after the other; sourced after nodes.sh.
#   fault ROUND     has it happen and pass, and says what it was

fault() {
  local victim number
  victim=$(leader)
  number=$((($1 / 9 % 2 + victim) % 3 + 1)) # one of the others, each in its turn
  case $(($1 % 9)) in
    0) echo "node $victim leads and is killed"
      end "$victim" KILL
      until_writable "$victim"
      node "$victim"
      ;;
    1) echo 'all are restarted, one after the other'
      for number in 1 2 3; do
        end "$number"
        node "$number"
        ready
      done
      ;;
    2) echo "node $victim leads and is stopped; it wakes up believing that it leads"
      kill -STOP "${pids[$victim]}"
      until_writable "$victim"
      sleep 1
      kill -CONT "${pids[$victim]}"
      ;;
    3) echo 'all are killed'
      for number in 1 2 3; do kill -9 "${pids[$number]}"; done
      for number in 1 2 3; do wait "${pids[$number]}" 2>/dev/null || true; done
      for number in 1 2 3; do node "$number"; done
      ;;
    4) echo "node $victim leads and is isolated"
      tell cut "$victim" '*'
      tell cut '*' "$victim"
      until_writable "$victim"
      sleep 1
      ;;
    5) echo "node $number follows, and is isolated"
      tell cut "$number" '*'
      tell cut '*' "$number"
      sleep 3
      ;;
    6) echo "node $number does not hear node $victim, which leads"
      tell cut "$victim" "$number"
      sleep 3
      ;;
    7) echo "node $victim leads and hears nobody"
      tell cut '*' "$victim"
      until_writable "$victim"
      sleep 1
      ;;
    8) echo 'everything arrives 150 ms later'
      tell slow '*' '*' 150
      sleep 3
      ;;
  esac
  tell heal
}

# Writes at a node other than the one given, until that succeeds, and says how long it took.
until_writable() {
  timed try_to_write $(($1 % 3 + 1))
  echo "  the others take writes again after $took ms (two election timeouts are 2000)"
}

try_to_write() {
  local last=$((SECONDS + 20))
  until curl -sf --max-time 10 -d '{"key":"writable","value":"1"}' \
    "http://127.0.0.1:${ports[$1]}/put" >/dev/null; do
    [ "$SECONDS" -lt "$last" ] || break
    sleep 0.02
  done
}
