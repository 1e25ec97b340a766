// SPDX-License-Identifier: LGPL-2.1-or-later
// A reader that comes in while the source is being stopped must not leave a generation behind
// that nobody stops any more.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "pulled_source.h"

namespace klingtext::test {
namespace {

// PROGRESS of one run: +1 at START, -1 at its end.
GstBusSyncReply count(GstBus*, GstMessage* message, gpointer data) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_PROGRESS) {
    const GstProgressType type = progress_of(Message(message)).type;
    auto& running = *static_cast<std::atomic<int>*>(data);
    if (type == GST_PROGRESS_TYPE_START) ++running;
    if (type != GST_PROGRESS_TYPE_START && type != GST_PROGRESS_TYPE_CONTINUE) --running;
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

TEST(StopRace, NoReaderAttachesBehindTheStop) {
  gst_init(nullptr, nullptr);  // a bus made before has no types for its signals
  Shop shop;
  // Nobody is there: nothing but the start and the end of a run matters.
  shop.service.go_down();
  std::atomic<int> running = 0;
  const GlibPtr<GstBus, gst_object_unref> bus(gst_bus_new());
  gst_bus_set_sync_handler(bus.get(), count, &running, nullptr);
  for (unsigned i = 0; i < 500; ++i) {
    PulledSource source(shop);
    gst_element_set_bus(GST_ELEMENT(source.base()), bus.get());
    std::atomic<bool> ready = false;
    std::thread reader([&] {
      ready = true;
      (void)source.get(0, 10);
    });
    while (!ready) std::this_thread::yield();
    for (unsigned spin = 0; spin < i % 50; ++spin) std::this_thread::yield();
    source.activate(FALSE);
    reader.join();
    ASSERT_EQ(running, 0) << "round " << i;
  }
}

}  // namespace
}  // namespace klingtext::test
