from events.main import main

main()
