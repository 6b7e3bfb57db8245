// The node.

#include "node/program.h"

int main(int argc, char** argv)
{
    return cairn::node::run_program(argc, argv);
}
