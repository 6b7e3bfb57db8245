#include "rpc/methods/dispatcher.h"

#include <functional>
#include <unordered_map>

#include "rpc/methods/call.h"
#include "rpc/methods/tables.h"

namespace cairn::rpc {

namespace {

using Handlers = std::unordered_map<std::string_view, Handler>;

Handlers gather()
{
    Handlers all;
    for (const auto part : {block_methods(),
                            block_statistics_methods(),
                            chain_methods(),
                            wait_methods(),
                            coin_methods(),
                            scan_methods(),
                            proof_methods(),
                            mempool_methods(),
                            send_methods(),
                            control_methods(),
                            test_methods(),
                            mining_methods(),
                            template_methods(),
                            generate_methods(),
                            peer_methods(),
                            network_methods(),
                            ban_methods(),
                            transaction_methods(),
                            create_methods(),
                            sign_methods(),
                            script_methods(),
                            address_methods(),
                            message_methods(),
                            descriptor_methods(),
                            wallet_file_methods(),
                            wallet_secret_methods(),
                            wallet_address_methods(),
                            wallet_coin_methods(),
                            wallet_pay_methods(),
                            wallet_history_methods(),
                            wallet_descriptor_methods()}) {
        for (const Entry& entry : part) all.emplace(entry.name, entry.handler);
    }
    return all;
}

const Handlers& handlers()
{
    static const Handlers all = gather();
    return all;
}

}  // namespace

bool has_handler(std::string_view method)
{
    return handlers().contains(method);
}

/// Holds a call in the list of those being served.
class Dispatcher::Registered {
public:
    Registered(Dispatcher& owner, const std::string& method) : owner_(owner)
    {
        const auto now = owner_.clock_.steady_now();
        const std::lock_guard lock(owner_.mutex_);
        id_ = owner_.next_call_++;
        owner_.active_.emplace(id_, std::pair(method, now));
    }
    ~Registered()
    {
        const std::lock_guard lock(owner_.mutex_);
        owner_.active_.erase(id_);
    }
    Registered(const Registered&) = delete;
    Registered& operator=(const Registered&) = delete;

private:
    Dispatcher& owner_;
    std::uint64_t id_ = 0;
};

Dispatcher::Dispatcher(base::Clock& clock) : clock_(clock) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::set_warmup_status(std::string status)
{
    const std::lock_guard lock(mutex_);
    warmup_status_ = std::move(status);
}

void Dispatcher::begin(const Context& context)
{
    const std::lock_guard lock(mutex_);
    context_ = std::make_unique<const Context>(context);
}

Json Dispatcher::run(const MethodCall& call)
{
    const Context* context = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (!context_) refuse(Code::kInWarmup, warmup_status_);
        context = context_.get();
    }
    const MethodSpec* spec = find_method(call.method);
    const auto handler = handlers().find(call.method);
    const bool off = spec != nullptr && spec->category == Category::kWallet && context->node.wallets == nullptr;
    if (spec == nullptr || handler == handlers().end() || off) refuse(Code::kMethodNotFound, "Method not found");
    const Registered registered(*this, call.method);
    const Json named = call.arguments.is_object() ? to_positional(*spec, call.arguments) : Json{};
    const Json& arguments = call.arguments.is_object() ? named : call.arguments;
    check_arguments(*spec, arguments);
    return handler->second(Call{*spec, arguments, *context, *this, call.path});
}

std::vector<ActiveCall> Dispatcher::active_calls() const
{
    const auto now = clock_.steady_now();
    const std::lock_guard lock(mutex_);
    std::vector<ActiveCall> calls;
    for (const auto& [id, call] : active_) {
        calls.push_back({call.first, std::chrono::duration_cast<std::chrono::microseconds>(now - call.second)});
    }
    return calls;
}

}  // namespace cairn::rpc
