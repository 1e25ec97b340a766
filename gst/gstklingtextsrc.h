// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

#define GST_TYPE_KLING_TEXT_SRC (gst_kling_text_src_get_type())
G_DECLARE_FINAL_TYPE(GstKlingTextSrc, gst_kling_text_src, GST, KLING_TEXT_SRC, GstBaseSrc)

GST_ELEMENT_REGISTER_DECLARE(klingtextsrc)

G_END_DECLS
