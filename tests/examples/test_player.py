#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/player and player.py: the same, in two languages."""
import sys

sys.dont_write_bytecode = True
from example import ExampleTest, main  # noqa: E402

PROMPT = "A raccoon, 50 % faster? #1 'é\""


class Player(ExampleTest):
    service_options = (*ExampleTest.service_options, "--api-key", "of-the-player")

    def test_rehearsal(self):
        for player in ("player", "player.py"):
            said = self.run_clean(player, "--headless", PROMPT).stderr
            self.rises(said)
            self.assertIn(f"Clip: {self.store.path}", said)
        self.assertEqual(len(self.store.entries()), 1)
        self.assertEqual(self.service.submissions, 0)

    def test_real_with_the_players_key(self):
        for player in ("player", "player.py"):
            self.run_clean(player, "--headless", "--real", PROMPT, AIMLAPI_API_KEY="",
                           PLAYER_KEY="of-the-player")
        self.assertEqual(self.service.submissions, 1)
        self.assertEqual(self.store.entry()["request"]["prompt"], PROMPT)

    def test_error_with_its_details(self):
        for player in ("player", "player.py"):
            said = self.run_clean(player, "--headless", "--real", PROMPT, status=1,
                                  PLAYER_KEY="a-wrong-key").stderr
            self.assertRegex(said, r"(?m)^[A-Z].* key .*\.$")
            self.assertRegex(said, r"(?m)^  http-status-code: 401$")
            self.assertNotIn("a-wrong-key", said)


main()
