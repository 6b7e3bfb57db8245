// Runs a fuzz target over every file of the folders given, without libFuzzer: how ctest replays the corpora. A folder
// that is missing fails the test. Also feeds it the empty input and a fixed pseudo-random series.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run_random_series()
{
    std::uint64_t state = 0x9e3779b97f4a7c15U;
    for (std::size_t round = 0; round < 2000; ++round) {
        std::vector<std::uint8_t> input(round % 300);
        for (auto& byte : input) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            // Small values are common in real encodings: counts, flags, lengths.
            byte = static_cast<std::uint8_t>((state >> 33) % (round % 3 == 0 ? 4 : 256));
        }
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
}

}  // namespace

int main(int argc, char** argv)
{
    std::size_t files = 0;
    LLVMFuzzerTestOneInput(nullptr, 0);
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
            LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
            ++files;
        }
    }
    run_random_series();
    std::printf("replayed %zu files and 2001 generated inputs\n", files);
    return 0;
}
