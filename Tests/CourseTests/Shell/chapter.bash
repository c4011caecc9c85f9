# Runs the pieces of a chapter in one shell, as a reader would:
#
#   bash chapter.bash FOLDER
#
# FOLDER/pieces/NNN.KIND   what to do, in the order of the numbers; for a prompt, NNN.typed beside it
# FOLDER/tree              where it is done
# FOLDER/answers/NNN       what it printed
# FOLDER/status/NNN        its exit status, written when it has ended
#
# A server or a command in the background is a job, and so a process group of its own, which Ctrl-C
# reaches as it does in a terminal.

course_folder=$1
course_servers=()
course_outputs=()
course_waiting=()
course_answers=()
export PATH=$course_folder/bin:$PATH CURL_HOME=$course_folder LC_ALL=C.UTF-8
cd "$course_folder/tree" || exit 1
exec </dev/null
trap 'course_end KILL "${course_servers[@]}" "${course_waiting[@]}"' EXIT
trap 'exit 143' TERM

# course_end SIGNAL JOB...: ends the jobs, and waits until none of their processes is left.
course_end() {
  local signal=$1 job
  shift
  for job; do
    kill -"$signal" -- -"$job"
    wait "$job"
    while course_lives "$job"; do sleep 0.02; done
  done 2>/dev/null
}

# Whether a process of the group is left; one that has ended and was not yet fetched does not count.
course_lives() {
  if [ -e /proc/self/stat ]; then
    cat /proc/[0-9]*/stat | sed 's/.*) //' |
      awk -v group="$1" '$3 == group && $1 != "Z" { lives = 1 } END { exit !lives }'
  else
    kill -0 -- -"$1"
  fi 2>/dev/null
}

# course_wait_for TEXT FILE JOB: until the file has the text; fails when the job ends before that.
course_wait_for() {
  until grep -q -- "$1" "$2" 2>/dev/null; do
    kill -0 "$3" 2>/dev/null || return 1
    sleep 0.02
  done
}

# Ctrl-C in the terminal of the server that was started last. Prints what it says on ending.
interrupt() { course_last INT; }

# kill -9 to the server that was started last.
crash() { course_last KILL; }

# Sends a signal to the server that was started last, and does not wait.
course_signal() { kill -"$1" -- -"${course_servers[${#course_servers[@]} - 1]}"; }

course_last() {
  local last=$((${#course_servers[@]} - 1)) job output said
  job=${course_servers[last]} output=${course_outputs[last]}
  said=$(wc -c <"$output")
  unset "course_servers[last]" "course_outputs[last]"
  course_end "$1" "$job"
  tail -c +$((said + 1)) "$output"
}

# A reader turns to the next page: everything that the last one has started is ended.
turn_the_page() {
  course_end KILL "${course_servers[@]}" "${course_waiting[@]}"
  course_servers=() course_outputs=() course_waiting=() course_answers=()
  cd "$course_folder/tree" || exit 1
}

# Waits for the command that was put into the background first, and prints what it answers.
answers() {
  wait "${course_waiting[0]}"
  cat "${course_answers[0]}"
  course_waiting=("${course_waiting[@]:1}")
  course_answers=("${course_answers[@]:1}")
}

# A server goes on when it says that it listens; a script that starts several, when it says how to
# end them.
course_server() {
  local piece=$1 answer=$2 output=$2.output ready='listens on http' status=0
  ! grep -q 'cluster\.sh' "$piece" || ready='Ctrl-C ends'
  set -m
  (source "$piece") >"$output" 2>&1 &
  local job=$!
  set +m
  course_servers+=("$job")
  course_outputs+=("$output")
  course_wait_for "$ready" "$output" "$job" || status=1
  cp "$output" "$answer"
  return $status
}

# A reader turns to the next terminal when curl waits; curl's trace says when it has asked.
course_background() {
  local piece=$1 answer=$2 trace=$course_folder/trace home
  rm -f "$trace"
  home=$(mktemp -d "$course_folder/home.XXXX")
  { cat "$course_folder/.curlrc" && echo "trace-ascii = $trace"; } >"$home/.curlrc"
  set -m
  (CURL_HOME=$home && source "$piece") >"$answer" 2>&1 &
  local job=$!
  set +m
  course_waiting+=("$job")
  course_answers+=("$answer")
  ! grep -q '^ *curl' "$piece" || course_wait_for '=> Send header' "$trace" "$job"
  sleep 0.3
}

for course_piece in "$course_folder"/pieces/*; do
  course_number=$(basename "${course_piece%.*}")
  course_answer=$course_folder/answers/$course_number
  case $course_piece in
    *.commands) source "$course_piece" >"$course_answer" 2>&1 ;;
    *.prompt) source "$course_piece" <"${course_piece%.*}.typed" >"$course_answer" 2>&1 ;;
    *.server) course_server "$course_piece" "$course_answer" ;;
    *.background) course_background "$course_piece" "$course_answer" ;;
    *.typed) continue ;;
  esac
  echo $? >"$course_folder/status/$course_number"
done
