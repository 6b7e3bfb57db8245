#include "rpc/server/server.h"

#include <condition_variable>
#include <mutex>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/memory_file_system.h"
#include "base/thread.h"
#include "rpc/server/cookie.h"
#include "rpc/server/http_head.h"
#include "rpc/server/work_queue.h"
#include "rpc/spec/error.h"

namespace cairn::rpc {
namespace {

namespace asio = boost::asio;

/// A door that methods wait before.
class Door {
public:
    void open()
    {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void pass()
    {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void wait_for_callers(int count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int waiting_ = 0;
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(io_) { socket_.connect({asio::ip::address_v4::loopback(), port}); }
    void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }
    /// The status of the next answer; 0 if the connection ended. Its body is in `body`.
    int read()
    {
        boost::system::error_code error;
        while (received_.find("\r\n\r\n") == std::string::npos) {
            if (!receive(error)) return 0;
        }
        const std::size_t end = received_.find("\r\n\r\n") + 4;
        head = received_.substr(0, end);
        received_.erase(0, end);
        std::size_t length = 0;
        if (const auto at = head.find("Content-Length: "); at != std::string::npos)
            length = std::stoul(head.substr(at + 16));
        while (received_.size() < length) {
            if (!receive(error)) return 0;
        }
        body = received_.substr(0, length);
        received_.erase(0, length);
        return std::stoi(head.substr(9, 3));
    }
    bool is_closed()
    {
        boost::system::error_code error;
        return received_.empty() && !receive(error);
    }

    std::string head;
    std::string body;

private:
    bool receive(boost::system::error_code& error)
    {
        std::array<char, 4096> chunk;
        const std::size_t size = socket_.read_some(asio::buffer(chunk), error);
        received_.append(chunk.data(), size);
        return !error;
    }
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
    std::string received_;
};

class ServerTest : public ::testing::Test {
protected:
    ServerTest()
    {
        options.endpoints = {{"127.0.0.1", 0}};
        options.user = "u";
        options.password = "p";
        options.threads = 2;
        options.penalty = std::chrono::milliseconds{1};
    }
    ~ServerTest() override { door.open(); }

    std::uint16_t start()
    {
        server = std::make_unique<Server>(
            options, [this](const MethodCall& call) { return run(call); }, clock, files, random);
        const auto started = server->start();
        EXPECT_TRUE(started) << (started ? "" : started.error());
        return server->ports().at(0);
    }
    Json run(const MethodCall& call)
    {
        if (call.method == "wait") door.pass();
        if (call.method == "size") return call.arguments[0].as_string().size();
        return call.method;
    }
    static std::string post(const std::string& body, const std::string& fields = "",
                            const std::string& credentials = "u:p")
    {
        return "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic " + encode_base64(credentials) + "\r\n" +
               fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    ServerOptions options;
    base::ManualClock clock;
    base::MemoryFileSystem files;
    base::SeededRandom random{1};
    Door door;
    std::unique_ptr<Server> server;
};

TEST_F(ServerTest, answers_and_keeps_the_connection)
{
    Client client(start());
    for (int i = 0; i < 2; ++i) {
        client.send(post(R"({"method":"x"})"));
        EXPECT_EQ(client.read(), 200);
        EXPECT_EQ(client.body, "{\"result\":\"x\",\"error\":null}\n");
        EXPECT_NE(client.head.find("Content-Type: application/json\r\n"), std::string::npos);
        EXPECT_NE(client.head.find("Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"), std::string::npos);
    }
    client.send(post(R"({"jsonrpc":"2.0","method":"x"})"));
    EXPECT_EQ(client.read(), 204);
    client.send(post(R"({"method":"y"})", "Connection: close\r\n"));
    EXPECT_EQ(client.read(), 200);
    EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, closes_http_1_0_connections_unless_asked)
{
    const std::uint16_t port = start();
    std::string request = post(R"({"method":"x"})");
    request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
    Client client(port);
    client.send(request);
    EXPECT_EQ(client.read(), 200);
    EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, answers_malformed_heads)
{
    const std::uint16_t port = start();
    for (const std::string& request :
         {std::string("GET / \r\n\r\n"), std::string("GET / HTTP/9.9\r\nHost: localhost\r\n\r\n"),
          std::string("GET /safe\0/../etc/passwd HTTP/1.1\r\n\r\n", 38), post("{}", "Content-Length: 999\r\n"),
          post("{}", "Name : x\r\n"), post("{}", "A: b\r\n c\r\n"),
          "GET /" + std::string(kMaxHeadSize, 'x') + " HTTP/1.1\r\n\r\n",
          "GET /" + std::string(2 * kMaxHeadSize, 'x')}) {
        Client client(port);
        client.send(request);
        EXPECT_EQ(client.read(), 400) << request.substr(0, 60);
        EXPECT_NE(client.head.find("Connection: close"), std::string::npos);
        EXPECT_TRUE(client.is_closed());
    }
}

TEST_F(ServerTest, answers_what_it_does_not_serve)
{
    Client client(start());
    client.send("GET /" + std::string(kMaxHeadSize - 1000, 'x') + " HTTP/1.1\r\n\r\n");
    EXPECT_EQ(client.read(), 404);
    for (const char* method : {"TRACE", "CONNECT", "DELETE", "PATCH", "OPTIONS", "GET", "PUT"}) {
        client.send(std::string(method) + " / HTTP/1.1\r\n\r\n");
        EXPECT_EQ(client.read(), 405) << method;
    }
    for (const char* path : {"/../etc/passwd", "/%2e%2e/etc/passwd", "/wallet", "/x"}) {
        client.send(std::string("GET ") + path + " HTTP/1.1\r\n\r\n");
        EXPECT_EQ(client.read(), 404) << path;
    }
}

TEST_F(ServerTest, wants_authorisation)
{
    Client client(start());
    client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(client.read(), 401);
    EXPECT_NE(client.head.find("WWW-Authenticate: Basic realm=\"jsonrpc\"\r\n"), std::string::npos);
    client.send(post("{}", "", "u:wrong"));
    EXPECT_EQ(client.read(), 401);
    client.send(post("{\"method\":\"x\"}"));
    EXPECT_EQ(client.read(), 200);
    // The body of a refused request is not gathered.
    client.send("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n");
    EXPECT_EQ(client.read(), 401);
}

TEST_F(ServerTest, reads_chunks_and_ignores_a_length_beside_them)
{
    Client client(start());
    const std::string head = "POST / HTTP/1.1\r\nAuthorization: Basic " + encode_base64("u:p") + "\r\n";
    client.send(head +
                "Content-Length: 4\r\nTransfer-Encoding: "
                "chunked\r\n\r\n6\r\n{\"meth\r\n8;x=y\r\nod\":\"x\"}\r\n0\r\nT: x\r\n\r\n");
    EXPECT_EQ(client.read(), 200);
    EXPECT_EQ(client.body, "{\"result\":\"x\",\"error\":null}\n");
    client.send(head + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n");
    EXPECT_EQ(client.read(), 400);
}

TEST_F(ServerTest, bounds_bodies)
{
    const std::uint16_t port = start();
    const std::string frame = R"({"method":"size","params":[""]})";
    const std::size_t room = kMaxBodySize - frame.size();
    {
        Client client(port);
        client.send(post(R"({"method":"size","params":[")" + std::string(room, '0') + "\"]}"));
        EXPECT_EQ(client.read(), 200);
        EXPECT_EQ(client.body, "{\"result\":" + std::to_string(room) + ",\"error\":null}\n");
    }
    Client client(port);
    client.send("POST / HTTP/1.1\r\nAuthorization: Basic " + encode_base64("u:p") +
                "\r\nContent-Length: 33554433\r\n\r\n");
    EXPECT_EQ(client.read(), 413);
    Client chunks(port);
    chunks.send("POST / HTTP/1.1\r\nAuthorization: Basic " + encode_base64("u:p") +
                "\r\nTransfer-Encoding: chunked\r\n\r\n2000001\r\n");
    EXPECT_EQ(chunks.read(), 413);
}

TEST_F(ServerTest, answers_pipelined_requests_in_order)
{
    Client client(start());
    client.send(post(R"({"method":"wait"})") + post(R"({"method":"x"})"));
    door.wait_for_callers(1);
    // Others are served meanwhile.
    Client other(server->ports()[0]);
    other.send(post(R"({"method":"y"})"));
    EXPECT_EQ(other.read(), 200);
    door.open();
    EXPECT_EQ(client.read(), 200);
    EXPECT_EQ(client.body, "{\"result\":\"wait\",\"error\":null}\n");
    EXPECT_EQ(client.read(), 200);
    EXPECT_EQ(client.body, "{\"result\":\"x\",\"error\":null}\n");
}

TEST_F(ServerTest, says_when_its_work_queue_is_full)
{
    options.work_queue = 0;
    Client client(start());
    client.send(post(R"({"method":"x"})"));
    EXPECT_EQ(client.read(), 503);
    EXPECT_EQ(client.body, "Work queue depth exceeded");
}

TEST(WorkQueue, is_bounded_and_finishes_what_it_took)
{
    Door door;
    int done = 0;
    WorkQueue queue(1, 2);
    const auto task = [&] {
        door.pass();
        ++done;
    };
    EXPECT_EQ(queue.post(task), WorkQueue::Outcome::kQueued);
    door.wait_for_callers(1);
    EXPECT_EQ(queue.post(task), WorkQueue::Outcome::kQueued);
    EXPECT_EQ(queue.post(task), WorkQueue::Outcome::kQueued);
    EXPECT_EQ(queue.post(task), WorkQueue::Outcome::kFull);
    door.open();
    queue.stop();
    EXPECT_EQ(done, 3);
    EXPECT_EQ(queue.post(task), WorkQueue::Outcome::kStopped);
}

TEST_F(ServerTest, ends_idle_connections_but_not_busy_ones)
{
    options.timeout = std::chrono::seconds{1};
    const std::uint16_t port = start();
    Client busy(port);
    busy.send(post(R"({"method":"wait"})"));
    door.wait_for_callers(1);
    Client incomplete(port);
    incomplete.send("GET /test1 HTTP/1.1\r\nHost: somehost\r\n");
    EXPECT_TRUE(incomplete.is_closed());
    door.open();
    EXPECT_EQ(busy.read(), 200);
    EXPECT_TRUE(busy.is_closed());
}

TEST_F(ServerTest, bounds_its_connections)
{
    options.max_connections = 2;
    const std::uint16_t port = start();
    Client a(port);
    Client b(port);
    for (Client* client : {&a, &b}) {
        client->send(post(R"({"method":"x"})"));
        EXPECT_EQ(client->read(), 200);
    }
    Client c(port);
    EXPECT_TRUE(c.is_closed());
}

TEST_F(ServerTest, says_go_on_when_asked)
{
    Client client(start());
    const std::string body = R"({"method":"x"})";
    const std::string request = post(body, "Expect: 100-continue\r\n");
    client.send(request.substr(0, request.size() - body.size()));
    EXPECT_EQ(client.read(), 100);
    client.send(body);
    EXPECT_EQ(client.read(), 200);
}

TEST_F(ServerTest, writes_a_cookie_and_takes_it_away)
{
    options.password = "";
    options.cookie_file = "/node/.cookie";
    files.create_directories("/node");
    const std::uint16_t port = start();
    const std::string cookie = base::read_text_file(files, "/node/.cookie", 4096);
    EXPECT_EQ(cookie.size(), std::string("__cookie__:").size() + 64);
    EXPECT_FALSE(files.exists("/node/.cookie.tmp"));
    Client client(port);
    client.send(post(R"({"method":"x"})", "", cookie));
    EXPECT_EQ(client.read(), 200);
    server->stop();
    EXPECT_FALSE(files.exists("/node/.cookie"));
}

TEST_F(ServerTest, lets_those_read_the_cookie_who_may)
{
    options.password = "";
    options.cookie_file = "/node/.cookie";
    options.cookie_permissions = cookie_permissions("group");
    files.create_directories("/node");
    start();
    using std::filesystem::perms;
    EXPECT_EQ(files.permissions("/node/.cookie"), perms::owner_read | perms::owner_write | perms::group_read);
    server->stop();
}

TEST_F(ServerTest, leaves_a_cookie_that_is_not_its_own)
{
    options.password = "";
    options.cookie_file = "/node/.cookie";
    files.create_directories("/node");
    start();
    base::replace_file(files, "/node/.cookie", "__cookie__:of another");
    server->stop();
    EXPECT_TRUE(files.exists("/node/.cookie"));
}

TEST_F(ServerTest, does_not_start_where_it_cannot)
{
    const std::uint16_t port = start();
    options.endpoints = {{"127.0.0.1", port}};
    Server second(options, [](const MethodCall&) { return Json{}; }, clock, files, random);
    const auto in_use = second.start();
    ASSERT_FALSE(in_use);
    EXPECT_EQ(in_use.error(), "Binding RPC on address 127.0.0.1 port " + std::to_string(port) +
                                  " failed: Address already in use. Use -rpcport=<port> for another port.");
    options.endpoints = {{"not an address", 0}};
    Server third(options, [](const MethodCall&) { return Json{}; }, clock, files, random);
    EXPECT_EQ(third.start().error(),
              "Binding RPC on address not an address port 0 failed: Invalid argument\n"
              "Unable to bind any endpoint for RPC server");
    options.endpoints = {{"127.0.0.1", 0}};
    options.rpcauth = {"nonsense"};
    Server fourth(options, [](const MethodCall&) { return Json{}; }, clock, files, random);
    EXPECT_EQ(fourth.start().error(), "Invalid -rpcauth argument.");
}

TEST_F(ServerTest, stops_with_running_calls_answered)
{
    const std::uint16_t port = start();
    Client idle(port);
    idle.send(post(R"({"method":"x"})"));
    EXPECT_EQ(idle.read(), 200);
    Client client(port);
    client.send(post(R"({"method":"wait"})"));
    door.wait_for_callers(1);
    base::Thread opener("opener", [this] { door.open(); });
    server->stop();
    EXPECT_EQ(client.read(), 200);
    EXPECT_TRUE(client.is_closed());
    EXPECT_TRUE(idle.is_closed());
}

}  // namespace
}  // namespace cairn::rpc
