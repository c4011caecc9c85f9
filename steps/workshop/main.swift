// A judge: the task's own judge.swift stands beside this file.

Trial.watch()
try await judge()
