// SPDX-License-Identifier: LGPL-2.1-or-later
// A program with the plugin linked in: player LAUNCH-LINE
#include <gst/gst.h>

GST_PLUGIN_STATIC_DECLARE(klingtext);

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  GST_PLUGIN_STATIC_REGISTER(klingtext);
  GstElement* pipeline = gst_parse_launch(argv[1], NULL);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstMessage* last = gst_bus_timed_pop_filtered(
      GST_ELEMENT_BUS(pipeline), GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  const int failed = GST_MESSAGE_TYPE(last) == GST_MESSAGE_ERROR;
  GError* error = NULL;
  if (failed) gst_message_parse_error(last, &error, NULL);
  if (failed) g_printerr("%s\n", error->message);
  g_clear_error(&error);
  gst_message_unref(last);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return failed;
}
