// Names to addresses: how many at a time, how many wait, and what becomes of them at the end.

#include "net/name_lookup.h"

#include <condition_variable>
#include <mutex>
#include <set>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

namespace cairn::net {
namespace {

/// Holds whoever asks until it is opened.
class Gate {
public:
    NameLookup::Addresses ask(const std::string& name)
    {
        std::unique_lock lock(mutex_);
        asked_.insert(name);
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
        ++answered_;
        changed_.notify_all();
        return {protocol::NetAddress::ipv4({10, 0, 0, 1})};
    }
    void wait_for_asked(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return asked_.size() >= count; });
    }
    void wait_for_answered(std::size_t count)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return answered_ >= count; });
    }
    void open()
    {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    std::size_t asked() const
    {
        const std::lock_guard lock(mutex_);
        return asked_.size();
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> asked_;
    std::size_t answered_ = 0;
    bool open_ = false;
};

class NameLookupTest : public testing::Test {
protected:
    ~NameLookupTest() override { gate->open(); }
    void ask(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            lookup->look_up(std::to_string(next++) + ".example",
                            [this](const auto& found) { ++(found.empty() ? empty : full); });
        }
    }
    void run_until(const std::size_t& counter, std::size_t value)
    {
        while (counter < value) io.run_one();
    }

    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work = boost::asio::make_work_guard(io);
    std::unique_ptr<NameLookup> lookup =
        std::make_unique<NameLookup>(io, [held = gate](const std::string& name) { return held->ask(name); });
    std::size_t next = 0;
    std::size_t full = 0;
    std::size_t empty = 0;
};

TEST_F(NameLookupTest, AFewAtATimeAndTheOthersInTurn)
{
    ask(NameLookup::kMaxThreads);
    gate->wait_for_asked(NameLookup::kMaxThreads);
    ask(NameLookup::kMaxWaiting);
    EXPECT_EQ(gate->asked(), NameLookup::kMaxThreads);
    gate->open();
    run_until(full, NameLookup::kMaxThreads + NameLookup::kMaxWaiting);
    EXPECT_EQ(empty, 0U);
    // Its threads have gone, or are about to: another name is looked up all the same.
    ask(1);
    run_until(full, NameLookup::kMaxThreads + NameLookup::kMaxWaiting + 1);
}

TEST_F(NameLookupTest, OneTooManyHasNoAddress)
{
    ask(NameLookup::kMaxThreads);
    gate->wait_for_asked(NameLookup::kMaxThreads);
    ask(NameLookup::kMaxWaiting);
    io.poll();
    EXPECT_EQ(empty, 0U);
    ask(1);
    EXPECT_EQ(empty, 0U) << "not before look_up has returned";
    run_until(empty, 1);
    EXPECT_EQ(full, 0U);
}

TEST_F(NameLookupTest, NothingIsToldAfterTheEnd)
{
    ask(NameLookup::kMaxThreads + 1);
    gate->wait_for_asked(NameLookup::kMaxThreads);
    lookup.reset();
    gate->open();
    gate->wait_for_answered(NameLookup::kMaxThreads);
    io.poll();
    EXPECT_EQ(full + empty, 0U);
    EXPECT_EQ(gate->asked(), NameLookup::kMaxThreads) << "what waited is forgotten";
}

TEST_F(NameLookupTest, AnAnswerThatWasOnItsWayIsDropped)
{
    gate->open();
    ask(1);
    run_until(full, 1);
    ask(1);
    gate->wait_for_answered(2);
    lookup->stop();
    io.poll();
    EXPECT_EQ(full, 1U);
}

TEST_F(NameLookupTest, TheSystemIsAsked)
{
    NameLookup system(io, {});
    NameLookup::Addresses found;
    std::size_t answers = 0;
    // The one name that is known without a file of hosts, such as in a bare chroot.
    system.look_up("127.0.0.1", [&](const auto& addresses) {
        found = addresses;
        ++answers;
    });
    run_until(answers, 1);
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(found.front().is_local());
}

}  // namespace
}  // namespace cairn::net
