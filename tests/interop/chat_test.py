#!/usr/bin/env python3
"""chat_server and its guests."""

import socket

from harness import Case, main, reset


class Guest:
    """A client that has been greeted."""

    def __init__(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")
        self.greeting = self.hear()

    def say(self, text):
        self.sock.sendall(text.encode() + b"\n")

    def hear(self):
        return self.file.readline().decode().rstrip("\n")

    def close(self):
        self.file.close()
        self.sock.close()


class Chat(Case):
    def setUp(self):
        self.chat, self.address = self.server("chat_server")

    def guest(self):
        guest = Guest(self.connected(self.address))
        self.addCleanup(guest.close)
        return guest

    def guests(self, count):
        guests = []
        for number in range(1, count + 1):
            guests.append(self.guest())
            self.assertEqual(guests[-1].greeting, f"* you are client {number}")
            for earlier in guests[:-1]:
                self.assertEqual(earlier.hear(), f"* client {number} is here")
        return guests

    def test_three_clients_hear_each_other(self):
        guests = self.guests(3)
        for number, speaker in enumerate(guests, 1):
            speaker.say(f"greetings from {number}")
            for guest in guests:
                if guest is not speaker:
                    self.assertEqual(guest.hear(), f"{number}: greetings from {number}")
        guests[1].close()
        self.assertEqual(guests[0].hear(), "* client 2 has left")
        self.assertEqual(guests[2].hear(), "* client 2 has left")
        guests[0].say("still here")
        self.assertEqual(guests[2].hear(), "1: still here")
        self.stop(self.chat)

    def test_speaker_does_not_hear_itself(self):
        guests = self.guests(3)
        guests[0].say("mine")
        guests[1].say("yours")
        self.assertEqual(guests[0].hear(), "2: yours")

    def test_lines_are_put_together_and_taken_apart(self):
        first, second = self.guests(2)
        for piece in (b"on", b"e\ntwo\r\nth", b"ree\n", b"\n"):
            first.sock.sendall(piece)
        self.assertEqual([second.hear() for _ in range(4)], ["1: one", "1: two", "1: three", "1: "])

    def test_last_line_without_its_end(self):
        first, second = self.guests(2)
        first.sock.sendall(b"bye")
        first.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(second.hear(), "1: bye")
        self.assertEqual(second.hear(), "* client 1 has left")

    def test_burst_disconnects_nobody(self):
        # More lines than the channels hold, less than the system's buffers do.
        first, second, third = self.guests(3)
        first.sock.sendall(b"".join(b"line %d\n" % i for i in range(100)))
        for guest in (second, third):
            self.assertEqual([guest.hear() for _ in range(100)], [f"1: line {i}" for i in range(100)])

    def test_slow_client_is_disconnected_and_stops_nobody(self):
        first, second = self.guests(2)
        slow = self.new_socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(self.address)  # and reads nothing
        self.assertEqual(first.hear(), "* client 3 is here")
        self.assertEqual(second.hear(), "* client 3 is here")
        told = self.peer(self.chat.line)
        said = 0
        while told.is_alive():
            first.say("x" * 200)
            said += 1
            line = second.hear()
            if line == "* client 3 has left":
                line = second.hear()
            self.assertEqual(line, "1: " + "x" * 200)
            self.assertLess(said, 100000)
        self.assertEqual(told.result(), "client 3 is too slow: disconnected")
        self.stop(self.chat)

    def test_endless_line_ends_its_client_only(self):
        first, second, third = self.guests(3)
        first.sock.sendall(b"x" * 1000)
        self.assertEqual(second.hear(), "* client 1 has left")
        third.say("good")
        self.assertEqual(third.sock.getpeername(), self.address)
        self.assertEqual(second.hear(), "3: good")

    def test_longest_line(self):
        first, second = self.guests(2)
        first.say("x" * 256)
        self.assertEqual(second.hear(), "1: " + "x" * 256)
        first.say("x" * 257)
        self.assertEqual(second.hear(), "* client 1 has left")
        self.assertEqual(self.chat.line(), "client 1 sent a line that is too long: disconnected")

    def test_reset_ends_its_client_only(self):
        first, second, third = self.guests(3)
        first.file.close()
        reset(first.sock)
        self.assertEqual(second.hear(), "* client 1 has left")
        third.say("good")
        self.assertEqual(second.hear(), "3: good")


if __name__ == "__main__":
    main()
