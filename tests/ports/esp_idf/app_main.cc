// The stand-in's entry, for a program that is only linked, and lwIP's random numbers, which are lwIP's own
// there.
extern "C" {
void app_main();
unsigned int net_lwip_random();

unsigned int net_lwip_random() { return 4; }
}

int main() { app_main(); }
