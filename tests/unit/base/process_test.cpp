#include "base/process.h"

#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_system.h"
#include "base/shutdown.h"
#include "base/thread.h"
#include "support/temp_folder.h"

namespace cairn::base {
namespace {

bool readable(int fd)
{
    pollfd descriptor{fd, POLLIN, 0};
    return ::poll(&descriptor, 1, 0) == 1;
}

TEST(ShutdownSignal, IsRequestedOnceForAll)
{
    ShutdownSignal shutdown;
    EXPECT_FALSE(shutdown.requested());
    EXPECT_FALSE(readable(shutdown.fd()));
    {
        const Thread waiter("waiter", [&] { shutdown.wait(); });
        shutdown.request();
        shutdown.request();
    }
    EXPECT_TRUE(shutdown.requested());
    EXPECT_TRUE(readable(shutdown.fd()));
    shutdown.wait();
}

class Signal : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Stopping, Signal, testing::Values(SIGTERM, SIGINT));

TEST_P(Signal, RequestsShutdown)
{
    ShutdownSignal shutdown;
    handle_signals(shutdown);
    ::raise(SIGHUP);  // reopens the log
    ::raise(SIGPIPE);
    EXPECT_FALSE(shutdown.requested());
    ::raise(GetParam());
    EXPECT_TRUE(shutdown.requested());
    ::raise(GetParam());
}

TEST(Process, KnowsItsMachine)
{
    EXPECT_GE(cpu_count(), 1U);
    EXPECT_GT(total_memory().value_or(0), 1U << 20);
    EXPECT_EQ(process_id(), ::getpid());
}

TEST(Process, RaisesTheLimitOfOpenFilesAsFarAsItMay)
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit before = limit;
    limit.rlim_cur = 64;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    EXPECT_EQ(raise_file_descriptor_limit(100), 100U);
    EXPECT_EQ(raise_file_descriptor_limit(50), 100U);
    EXPECT_EQ(raise_file_descriptor_limit(UINT64_MAX), before.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(Process, PrepareForbidsCoreDumpsAndForeignEyes)
{
    // In a child: it is for good.
    const pid_t child = ::fork();
    if (child == 0) {
        prepare_process();
        rlimit limit{1, 1};
        ::getrlimit(RLIMIT_CORE, &limit);
        ::_exit(limit.rlim_max == 0 && ::umask(0) == 077 ? 0 : 1);
    }
    int status = 1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
}

// Runs `body` in a child that becomes a daemon; the exit status its parent saw.
template <class Body>
int daemon_status(bool wait, Body body)
{
    const pid_t parent = ::fork();
    if (parent == 0) {
        Daemon daemon = Daemon::begin(wait);
        body(daemon);
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(parent, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Daemon, WaitingParentTakesOverTheReport)
{
    EXPECT_EQ(daemon_status(true, [](Daemon& daemon) { daemon.report(0); }), 0);
    EXPECT_EQ(daemon_status(true, [](Daemon& daemon) { daemon.report(3); }), 3);
    EXPECT_EQ(daemon_status(true, [](Daemon&) { ::_exit(0); }), 1);  // ended without a word
    EXPECT_EQ(daemon_status(false, [](Daemon& daemon) { daemon.report(3); }), 0);
}

TEST(ServiceManager, IsToldWhereItListens)
{
    const test::TempFolder folder;
    const std::string path = (folder.path() / "notify").string();
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);

    notify_service_manager("READY=1");  // nobody listens: nothing happens
    EXPECT_FALSE(readable(fd));
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    notify_service_manager("READY=1");
    char text[32] = {};
    EXPECT_EQ(::recv(fd, text, sizeof text, MSG_DONTWAIT), 7);
    EXPECT_STREQ(text, "READY=1");
    ::setenv("NOTIFY_SOCKET", std::string(200, 'x').c_str(), 1);  // longer than an address
    notify_service_manager("READY=1");
    EXPECT_FALSE(readable(fd));
    ::unsetenv("NOTIFY_SOCKET");
    ::close(fd);
}

}  // namespace
}  // namespace cairn::base
