#pragma once
// The interpreter's stack. Inside consensus/script only.
//
// No instruction makes an element longer than a hash but by copying one that was pushed, so an element either views
// bytes of the scripts and witness, which outlive the run, or holds up to 32 bytes itself: pushing never allocates.

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <memory>

#include "crypto/bytes.h"

namespace cairn::consensus {

class Element {
public:
    static constexpr std::size_t kMaxHeld = 32;

    /// Not initialised, so that an array of them costs nothing.
    Element() = default;

    static Element viewing(ByteSpan bytes)
    {
        Element element;
        element.viewed_ = bytes.data();
        element.size_ = static_cast<std::uint32_t>(bytes.size());
        return element;
    }
    static Element holding(ByteSpan bytes)
    {
        assert(bytes.size() <= kMaxHeld);
        Element element;
        element.viewed_ = nullptr;
        element.size_ = static_cast<std::uint32_t>(bytes.size());
        std::copy(bytes.begin(), bytes.end(), element.held_.begin());
        return element;
    }
    static Element boolean(bool value)
    {
        constexpr std::byte kOne{1};
        return holding(ByteSpan{&kOne, value ? std::size_t{1} : std::size_t{0}});
    }

    /// Valid while this element stays where it is.
    ByteSpan bytes() const { return {viewed_ != nullptr ? viewed_ : held_.data(), size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    const std::byte* viewed_;
    std::uint32_t size_;
    std::array<std::byte, kMaxHeld> held_;
};

/// Grows as it needs; the rules bound it (kMaxStackSize after each instruction, and the witness that it starts with).
class Stack {
public:
    Stack() = default;
    Stack(const Stack& other) : Stack() { *this = other; }
    Stack& operator=(const Stack& other)
    {
        if (this == &other) return *this;
        reserve(other.size_);
        std::copy_n(other.elements_, other.size_, elements_);
        size_ = other.size_;
        return *this;
    }
    ~Stack() = default;

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    /// The element `depth` below the top; top(0) is the top itself.
    Element& top(std::size_t depth = 0)
    {
        assert(depth < size_);
        return elements_[size_ - 1 - depth];
    }

    void push(const Element& element)
    {
        if (size_ == capacity_) {
            // `element` may be one of ours.
            const Element copy = element;
            reserve(2 * capacity_);
            elements_[size_++] = copy;
            return;
        }
        elements_[size_++] = element;
    }
    void pop(std::size_t count = 1)
    {
        assert(count <= size_);
        size_ -= count;
    }
    Element take_top()
    {
        const Element element = top();
        pop();
        return element;
    }
    void remove(std::size_t depth)
    {
        assert(depth < size_);
        std::copy(elements_ + size_ - depth, elements_ + size_, elements_ + size_ - depth - 1);
        --size_;
    }
    /// Under the element at `depth`.
    void insert_below(std::size_t depth, const Element& element)
    {
        const Element copy = element;
        push(copy);
        std::rotate(elements_ + size_ - 2 - depth, elements_ + size_ - 1, elements_ + size_);
    }
    /// The `count` highest elements turned so that the lowest `turn` of them are on top.
    void rotate(std::size_t count, std::size_t turn)
    {
        assert(count <= size_);
        std::rotate(elements_ + size_ - count, elements_ + size_ - count + turn, elements_ + size_);
    }

private:
    static constexpr std::size_t kInline = 16;

    void reserve(std::size_t capacity)
    {
        if (capacity <= capacity_) return;
        auto grown = std::make_unique_for_overwrite<Element[]>(capacity);
        std::copy_n(elements_, size_, grown.get());
        heap_ = std::move(grown);
        elements_ = heap_.get();
        capacity_ = capacity;
    }

    std::array<Element, kInline> inline_;
    std::unique_ptr<Element[]> heap_;
    Element* elements_ = inline_.data();
    std::size_t size_ = 0;
    std::size_t capacity_ = kInline;
};

}  // namespace cairn::consensus
