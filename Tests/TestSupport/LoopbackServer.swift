import Foundation
import Synchronization

/// An HTTP server on loopback that serves one file and misbehaves as a test wants.
///
/// It is written here because what it is for is exactly what well-behaved servers do not do on request.
public final class LoopbackServer: Sendable {
    /// How the server treats one request.
    public enum Behaviour: Hashable, Sendable {
        /// Serves the file, or the part that a `Range: bytes=N-` asks for.
        case serve
        /// Serves the whole file, whatever was asked for.
        case ignoreRange
        /// Says the whole length, sends so many bytes and closes the connection.
        case cutAfter(Int)
        /// Sends the headers and nothing more, until the client goes.
        case stall
        /// Answers with a status and a short body.
        case status(Int)
        /// Sends the client to another place.
        case redirect(String)
    }

    /// The port on 127.0.0.1.
    public let port: Int
    private let listener: Int32
    private let content: [UInt8]
    private let script: Mutex<(next: [Behaviour], rest: Behaviour)>
    private let log = Mutex<[String]>([])

    /// Starts the server.
    ///
    /// - Parameters:
    ///   - content: the file that it serves, under every path.
    ///   - script: how it treats the first requests.
    ///   - rest: how it treats all others.
    /// - Throws: `Tool.Failure` when there is no socket.
    public init(_ content: [UInt8], script: [Behaviour] = [], rest: Behaviour = .serve) throws {
        self.content = content
        self.script = Mutex((script, rest))
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isListening else {
            throw Tool.Failure(description: "no loopback socket: \(String(cString: strerror(errno)))")
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self, descriptor] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    self?.answer(connection)
                    close(connection)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// A URL on this server.
    public func url(_ path: String = "/package.deb") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The `Range` header of each request so far, or `-` where there was none.
    public var ranges: [String] { log.withLock { $0 } }

    private func answer(_ connection: Int32) {
        var request: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while !request.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
            let count = recv(connection, &piece, piece.count, 0)
            guard count > 0, request.count < 65_536 else { return }
            request += piece[..<count]
        }
        let lines = String(decoding: request, as: UTF8.self).split(separator: "\r\n")
        let range = lines.first { $0.lowercased().hasPrefix("range:") }.map { $0.dropFirst(6).filter { $0 != " " } }
        log.withLock { $0.append(range ?? "-") }
        let behaviour = script.withLock { $0.next.isEmpty ? $0.rest : $0.next.removeFirst() }
        let start = range.flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
        switch behaviour {
        case .serve where start > content.count:
            send(connection, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n", [])
        case .serve where start > 0:
            let range = "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)\r\n"
            sendFile(connection, "206 Partial Content", range, from: start, limit: .max)
        case .serve, .ignoreRange: sendFile(connection, "200 OK", "", from: 0, limit: .max)
        case .cutAfter(let limit) where start > 0:
            let range = "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)\r\n"
            sendFile(connection, "206 Partial Content", range, from: start, limit: limit)
        case .cutAfter(let limit): sendFile(connection, "200 OK", "", from: 0, limit: limit)
        case .stall:
            sendFile(connection, "200 OK", "", from: 0, limit: 0)
            _ = recv(connection, &piece, 1, 0)
        case .status(let status):
            send(
                connection,
                "HTTP/1.1 \(status) Status\r\nContent-Length: 4\r\nConnection: close\r\n\r\n",
                Array("oops".utf8)
            )
        case .redirect(let target):
            send(
                connection,
                "HTTP/1.1 302 Found\r\nLocation: \(target)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                []
            )
        }
    }

    private func sendFile(_ connection: Int32, _ status: String, _ header: String, from start: Int, limit: Int) {
        let body = content[start...]
        send(
            connection,
            "HTTP/1.1 \(status)\r\n\(header)Content-Length: \(body.count)\r\nConnection: close\r\n\r\n",
            Array(body.prefix(limit))
        )
    }

    private func send(_ connection: Int32, _ header: String, _ body: [UInt8]) {
        var rest = Array(header.utf8)[...] + body
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
