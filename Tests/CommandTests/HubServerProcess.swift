import Foundation
import TestSupport

/// `hubctl serve` as a process of its own, on a free port of loopback.
final class HubServerProcess {
    let address: String
    private let process: Process
    private let log: TemporaryDirectory

    /// Starts the server and waits until it says where it listens.
    init(store: String, cache: String) throws {
        let log = try TemporaryDirectory()
        _ = try log.write("", to: "log")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path("hubctl"))
        process.arguments = ["serve", "--store", store, "--cache", cache, "--listen", "127.0.0.1:0"]
        process.standardInput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log.path("log")))
        try process.run()
        var address: String?
        for _ in 0..<200 where address == nil && process.isRunning {
            let text = try String(contentsOfFile: log.path("log"), encoding: .utf8)
            address = text.firstMatch(of: /http:\/\/127\.0\.0\.1:\d+/).map { String($0.output) }
            if address == nil { Thread.sleep(forTimeInterval: 0.05) }
        }
        guard let address else {
            process.terminate()
            throw Tool.Failure(
                description:
                    "hubctl serve did not start: \(try String(contentsOfFile: log.path("log"), encoding: .utf8))"
            )
        }
        self.address = address
        self.process = process
        self.log = log
    }

    /// Asks the server to stop, as an operator's SIGTERM does, and returns its exit status.
    func stop() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    deinit { if process.isRunning { process.terminate() } }
}
